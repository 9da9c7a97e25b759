import type { WorldLog } from '../world.ts';
import type { Pauses } from './pauses.ts';
import type { Store } from './store.ts';
import type { Timers } from './timers.ts';

/** What handlers and controllers share. */
export interface Core {
  readonly cluster: string;
  readonly store: Store;
  readonly world: WorldLog;
  readonly timers: Timers;
  /** Epoch ms. */
  now(): number;
  readonly pauses: Pauses;
  /** Who is writing just now: the request's user agent, or the controller's name. */
  actor: string;
}

/** Runs a piece of synchronous work in somebody's name. */
export function asActor<T>(core: Core, actor: string, work: () => T): T {
  const before = core.actor;
  core.actor = actor;
  try {
    return work();
  } finally {
    core.actor = before;
  }
}
