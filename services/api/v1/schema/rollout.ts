import { z } from 'zod';
import type { EngineProcess, RolloutSummary } from '../../../../shared/ports/store.ts';
import { describes, maybeTimeMs, timeMs } from './common.ts';

/** A rollout in a list. */
export const summary = describes<RolloutSummary>()({
  id: z.string(),
  fleet: z.string().describe('Name of the fleet'),
  createdAtMs: timeMs('When it was made'),
  endedAtMs: maybeTimeMs('When it ended'),
  by: z.string().describe('Who made it'),
  state: z.enum(['running', 'stopping', 'paused', 'aborting', 'done', 'aborted']),
  clusters: z.array(z.string()),
  nodes: z.object({ total: z.int(), done: z.int(), failed: z.int() }),
}).meta({ id: 'RolloutSummary' });

/** A process of the engine. */
export const engine = describes<EngineProcess>()({
  id: z.string(),
  role: z.enum(['scheduler', 'worker']),
  host: z.string(),
  pid: z.int(),
  steps: z.array(z.string()).describe('Kinds of steps it does; empty for schedulers'),
  seenAtMs: timeMs('When it was heard of last'),
}).meta({ id: 'Engine', description: 'A process of the engine that is alive now' });

/** The list of rollouts. */
export const rolloutList = z.object({ rollouts: z.array(summary).describe('Newest first') });

/** The list of engine processes. */
export const engineList = z.object({ engines: z.array(engine) });
