import { fail } from '../../domain/failures/catalogue.ts';
import { listOf, numberOf, objectOf, textOf } from '../server/shape.ts';

/** One thing Ceph complains about. */
export interface HealthCheck {
  /** `PG_DEGRADED` */
  readonly code: string;
  readonly severity: 'HEALTH_WARN' | 'HEALTH_ERR';
  readonly message: string;
  /** Somebody said that it does not matter now. */
  readonly muted: boolean;
}

/** How many placement groups are in a state: `active+clean`. */
export interface GroupState {
  readonly state: string;
  readonly count: number;
}

/** What `ceph status` says. */
export interface CephStatus {
  readonly health: 'HEALTH_OK' | 'HEALTH_WARN' | 'HEALTH_ERR';
  readonly checks: readonly HealthCheck[];
  readonly groups: readonly GroupState[];
}

/** An OSD that is down, and the host it belongs to; empty: none. */
export interface DownOsd {
  readonly name: string;
  readonly host: string;
}

const HEALTH = ['HEALTH_OK', 'HEALTH_WARN', 'HEALTH_ERR'] as const;

/** Reads `ceph status --format json` (since Ceph 12). Throws StepError `gate-answer` when it is anything else. */
export function readStatus(answer: unknown): CephStatus {
  const { health, pgmap } = objectOf(answer, 'ceph status');
  const { status, checks } = objectOf(health, 'health');
  const { pgs_by_state: states, num_pgs: total } = objectOf(pgmap, 'pgmap');
  const groups = listOf(states, 'pgmap.pgs_by_state').map(readGroups);
  const known = groups.reduce((sum, { count }) => sum + count, 0);
  if (known !== numberOf(total, 'pgmap.num_pgs')) {
    throw fail('gate-answer', { message: `of ${String(total)} placement groups the states of ${known} are told` });
  }
  return { health: healthOf(status), checks: Object.entries(objectOf(checks, 'health.checks')).map(readCheck), groups };
}

function readCheck([code, given]: [string, unknown]): HealthCheck {
  const { severity, summary, muted } = objectOf(given, code);
  const { message } = objectOf(summary, `${code}.summary`);
  const level = healthOf(severity) === 'HEALTH_WARN' ? 'HEALTH_WARN' : 'HEALTH_ERR';
  return { code, severity: level, message: textOf(message, `${code}.summary.message`), muted: muted === true };
}

function readGroups(given: unknown): GroupState {
  const { state_name: state, count } = objectOf(given, 'a state of placement groups');
  return { state: textOf(state, 'state_name'), count: numberOf(count, 'count') };
}

function healthOf(value: unknown): CephStatus['health'] {
  const found = HEALTH.find(each => each === value);
  if (found !== undefined) return found;
  throw fail('gate-answer', { message: `the answer is not as expected: health is ${String(value)}` });
}

/** The OSDs that are down, by `ceph osd tree --format json`. Throws StepError `gate-answer` when it is anything else. */
export function readDownOsds(answer: unknown): readonly DownOsd[] {
  const { nodes, stray } = objectOf(answer, 'ceph osd tree');
  const all = [...listOf(nodes, 'nodes'), ...listOf(stray ?? [], 'stray')].map(each =>
    objectOf(each, 'a node of the tree'),
  );
  const hosts = all.filter(({ type }) => type === 'host');
  return all
    .filter(({ type, status }) => type === 'osd' && status !== 'up')
    .map(({ id, name }) => {
      const host = hosts.find(({ children }) => listOf(children, 'children').includes(id));
      return { name: textOf(name, 'name'), host: host ? textOf(host['name'], 'name') : '' };
    });
}

/** The flags of the OSD map, by `ceph osd dump --format json`. Throws StepError `gate-answer` when it is anything else. */
export function readFlags(answer: unknown): readonly string[] {
  return textOf(objectOf(answer, 'ceph osd dump')['flags'], 'flags').split(',');
}
