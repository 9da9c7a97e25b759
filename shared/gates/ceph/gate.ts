import type { CephGateSettings } from '../../domain/gate/ceph.ts';
import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import type { PlanNode } from '../../domain/plan.ts';
import { clip } from '../../domain/text.ts';
import type { Gate, GateQuestion } from '../gate.ts';
import {
  type CephStatus,
  type DownOsd,
  type GroupState,
  type HealthCheck,
  readDownOsds,
  readStatus,
} from './answer.ts';
import { cephHold } from './hold.ts';
import { askCeph } from './run.ts';

/** What Ceph says of itself. */
export interface CephFacts {
  readonly status: CephStatus;
  /** Not asked for as long as Ceph is whole. */
  readonly down: readonly DownOsd[];
}

const MOST_MESSAGE = 150;
/** States of placement groups whose data is whole. */
const WHOLE = ['active', 'clean', 'scrubbing', 'deep', 'snaptrim', 'snaptrim_wait'];
/** States in which data can be read and written, though copies are missing. */
const SERVING = [
  ...WHOLE,
  'undersized',
  'degraded',
  'remapped',
  'recovering',
  'recovery_wait',
  'backfilling',
  'backfill_wait',
];
/** What the OSDs and monitors of a node cause that are down with it. */
const OF_A_NODE = ['OSD_DOWN', 'OSD_HOST_DOWN', 'PG_DEGRADED', 'MON_DOWN'];

/** Closed as long as Ceph is not whole; holds its flag noout while nodes are away. */
export const cephGate: Gate<CephGateSettings, CephFacts> = {
  kind: 'ceph',
  scope: () => 'cluster',
  gather: async (settings, from) => {
    const status = readStatus(await askCeph(settings, 'status', from));
    const isWhole = status.health === 'HEALTH_OK' && status.groups.every(isIn(WHOLE));
    return { status, down: isWhole ? [] : readDownOsds(await askCeph(settings, 'osd tree', from)) };
  },
  judge,
  hold: cephHold,
};

function judge(settings: CephGateSettings, { status, down }: CephFacts, { moment, node }: GateQuestion): GateVerdict {
  // A drain may have taken the node's OSDs down already (Rook): its reboot takes nothing more away.
  const isOwn = moment === 'reboot' && down.length > 0 && down.every(({ host }) => isHostOf(node, host));
  const known = isOwn ? OF_A_NODE : [];
  const checks = status.checks.filter(check => !check.muted && counts(settings, check) && !known.includes(check.code));
  const missing = status.groups.filter(group => !isIn(isOwn ? SERVING : WHOLE)(group));
  const reasons = [
    ...checks.map(({ code, message }) => `${code}: ${clip(message, MOST_MESSAGE)}`),
    ...groupsText(missing),
  ];
  const isUnexplained = status.health !== 'HEALTH_OK' && status.checks.length === 0;
  if (isUnexplained) reasons.push(`its health is ${status.health}`);
  return reasons.length === 0 ? OPEN : closed(reasons, 'when Ceph is whole again');
}

function counts({ noout, ignore }: CephGateSettings, { code, severity, message }: HealthCheck): boolean {
  if (severity === 'HEALTH_WARN' && ignore.includes(code)) return false;
  return !(noout && code === 'OSDMAP_FLAGS' && message === 'noout flag(s) set');
}

function isIn(states: readonly string[]): (group: GroupState) => boolean {
  return ({ state }) => {
    const words = state.split('+');
    const isClean = states !== WHOLE || words.includes('clean');
    return words.includes('active') && isClean && words.every(word => states.includes(word));
  };
}

function groupsText(groups: readonly GroupState[]): string[] {
  if (groups.length === 0) return [];
  return [`placement groups: ${groups.map(({ state, count }) => `${count} ${clip(state, 60)}`).join(', ')}`];
}

/** Rook writes dashes for the dots of a node's name; others name hosts by the first part alone. */
function isHostOf(node: PlanNode | null, host: string): boolean {
  if (node === null || host === '') return false;
  return [node.name, node.name.replaceAll('.', '-'), node.name.split('.')[0]].includes(host);
}
