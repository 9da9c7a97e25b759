import { fail } from '../../domain/failures/catalogue.ts';
import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import type { LonghornGateSettings } from '../../domain/gate/longhorn.ts';
import { compareNatural } from '../../domain/text.ts';
import type { Gate, GateQuestion } from '../gate.ts';
import { type LonghornReplica, type LonghornVolume, readReplica, readVolume } from './answer.ts';

/** What Longhorn says of its volumes. */
export interface LonghornFacts {
  readonly volumes: readonly LonghornVolume[];
  /** Not asked for as long as no volume is degraded. */
  readonly replicas: readonly LonghornReplica[];
}

const MOST_NAMED = 5;

/** Closed as long as a volume lacks replicas. */
export const longhornGate: Gate<LonghornGateSettings, LonghornFacts> = {
  kind: 'longhorn',
  scope: () => 'cluster',
  gather: async ({ namespace }, { api, cluster, signal }) => {
    if (api === null) throw fail('gate-answer', { message: `cluster ${cluster.name} is no Kubernetes cluster` });
    const read = (resource: string) =>
      api.readObjects({ resource, namespace, name: '', selector: '', fieldSelector: '' }, signal);
    const volumes = (await read('volumes.longhorn.io')).map(readVolume);
    const isDegraded = volumes.some(({ robustness }) => robustness === 'degraded');
    return { volumes, replicas: isDegraded ? (await read('replicas.longhorn.io')).map(readReplica) : [] };
  },
  judge,
};

function judge(_: LonghornGateSettings, facts: LonghornFacts, { moment, node }: GateQuestion): GateVerdict {
  const drained = moment === 'reboot' ? (node?.name ?? null) : null;
  const bad = facts.volumes
    .filter(volume => isBad(volume) && !(drained !== null && lacksOnly(volume, facts.replicas, drained)))
    .toSorted((a, b) => compareNatural(a.name, b.name));
  if (bad.length === 0) return OPEN;
  const named = bad.slice(0, MOST_NAMED).map(({ name, claim, robustness }) => {
    return `volume ${name}${claim === '' ? '' : ` (${claim})`} is ${robustness}`;
  });
  const more = bad.length > MOST_NAMED ? [`${bad.length - MOST_NAMED} more volumes`] : [];
  return closed([...named, ...more], 'when they are healthy again');
}

/** Nothing is known of the replicas of a volume that is detached; but one whose replicas all failed is detached, too. */
function isBad({ state, robustness }: LonghornVolume): boolean {
  if (robustness === 'faulted') return true;
  if (state === 'detached' || robustness === 'healthy') return false;
  return robustness !== 'unknown' || state === 'attached';
}

/** A drain stops the replicas on its node: the reboot takes nothing more away. */
function lacksOnly(volume: LonghornVolume, replicas: readonly LonghornReplica[], node: string): boolean {
  if (volume.robustness !== 'degraded') return false;
  const own = replicas.filter(replica => replica.volume === volume.name);
  const stopped = own.filter(({ running }) => !running);
  return own.length >= volume.wanted && stopped.length > 0 && stopped.every(replica => replica.node === node);
}
