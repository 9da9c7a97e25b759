import type { ApiParts, ApiRollouts, OverviewSources } from '../../services/api/ports.ts';
import { buildServer, type ServerOptions } from '../../services/api/server.ts';
import { SILENT_LOG } from '../../services/common/log.ts';
import type { PlanningDesk } from '../../services/common/planning/desk.ts';
import { steer } from '../../services/common/steer.ts';
import type { AuditEntry, AuditRecord } from '../../shared/domain/access/audit.ts';
import { stepJobId } from '../../shared/domain/names.ts';
import type { AuditLog, KeptSession, SessionStore } from '../../shared/ports/access.ts';
import type { TestEngine } from './engine.ts';

/** What a server answers from: these rollouts, no queues, and nobody who plans. */
export function partsOf(
  rollouts: ApiRollouts,
  notReady: ApiParts['notReady'] = async () => null,
  planning: PlanningDesk = NO_PLANNING,
): ApiParts {
  const retryStep = async () => ({ ok: true, note: '' });
  return {
    queues: [],
    retryStep,
    notReady,
    rollouts,
    overview: NO_SOURCES,
    planning,
    sessions: new KeptSessions(),
    metrics: { contentType: 'text/plain', text: async () => '' },
    audit: new KeptAudit(),
    attempts: null,
    log: SILENT_LOG,
  };
}

/** Log-ins in memory; they live for ever. */
export class KeptSessions implements SessionStore {
  readonly kept = new Map<string, KeptSession>();

  keep = async (key: string, session: KeptSession): Promise<void> => void this.kept.set(key, session);
  use = async (key: string): Promise<KeptSession | null> => this.kept.get(key) ?? null;
  remove = async (key: string): Promise<void> => void this.kept.delete(key);
}

/** Neither surveys nor schedules. */
export const NO_SOURCES: OverviewSources = { surveys: async () => [], schedules: async () => [] };

const NOBODY = async () => ({ kind: 'no-planner', why: 'nobody is there' }) as const;

/** A desk without anything, and without anybody to ask. */
export const NO_PLANNING: PlanningDesk = {
  planners: async () => [],
  drafts: async () => [],
  draft: async () => null,
  askDraft: NOBODY,
  removeDraft: async () => false,
  begin: async () => ({ kind: 'unknown' }),
  survey: async () => null,
  askSurvey: NOBODY,
  schedules: {
    list: async () => [],
    add: async () => false,
    remove: async () => false,
    runNow: async () => false,
  },
  addSchedule: NOBODY,
};

/** The rollouts of a store. */
export function rolloutsOf({ store, queues }: Pick<TestEngine, 'store' | 'queues'>): ApiRollouts {
  return {
    list: () => store.list(),
    now: () => store.now(),
    durations: cluster => store.durations(cluster),
    nodeEvents: async (id, cluster, node) =>
      (await store.node(id, cluster, node)) && store.roundEvents(id, { cluster, node, round: 1 }),
    plan: id => store.plan(id),
    events: (id, after, limit) => store.events(id, after, limit),
    follow: (id, after, signal) => store.follow(id, after, signal),
    engines: () => store.engines(),
    command: (id, command, by, why) => steer(store, queues, id, command, by, why),
    stepLog: async (id, { cluster, node, round, step }, from) =>
      (await queues.queue(step).getJobLogs(stepJobId(id, cluster, node, round, step), from)).logs,
  };
}

/** Rollouts of an empty store. */
export const NO_ROLLOUTS: ApiRollouts = {
  list: async () => [],
  now: async () => 0,
  durations: async () => ({}),
  nodeEvents: async () => null,
  plan: async () => null,
  events: async () => [],
  async *follow() {},
  engines: async () => [],
  command: async () => ({ ok: false, note: 'there is nothing' }),
  stepLog: async () => [],
};

/** A server that listens on a free port of this machine. */
export interface ListeningApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the HTTP face of a test. `port` 0: any. */
export async function listen(parts: ApiParts, options: Partial<ServerOptions> = {}, port = 0): Promise<ListeningApi> {
  const app = await buildServer(parts, { host: '127.0.0.1', ...options });
  const url = await app.listen({ host: '127.0.0.1', port });
  return { url, stop: () => app.close() };
}

/** An audit log in memory. */
export class KeptAudit implements AuditLog {
  readonly entries: AuditEntry[] = [];

  add = async (record: Omit<AuditRecord, 'atMs'>): Promise<void> => {
    const atMs = 1_000 + this.entries.length;
    this.entries.push({ id: `${atMs}-0`, atMs, ...record });
  };
  list = async (after: string | null, limit: number): Promise<AuditEntry[]> => {
    if (after === null) return this.entries.slice(-limit);
    return this.entries.slice(this.entries.findIndex(({ id }) => id === after) + 1).slice(0, limit);
  };
}
