import type { RolloutEvent } from '../events.ts';
import { Amounts, type Increment } from './amounts.ts';
import { type BegunNode, countNode } from './count-nodes.ts';
import type { CountPlan } from './count-plan.ts';
import { countWait } from './count-waits.ts';
import type { OpenWait } from './waits.ts';

/** What counting has to remember of a rollout between two events; JSON-safe, and small: only what has begun. */
export interface CountState {
  /** By `cluster/node`. */
  readonly begun: Readonly<Record<string, BegunNode>>;
  readonly waits: Readonly<Record<string, OpenWait>>;
  /** Nodes (`cluster/node`) that came to another end than done; empty once the rollout has ended. */
  readonly notDone: readonly string[];
  readonly ended: boolean;
}

/** Before the first event. */
export const NOTHING_COUNTED: CountState = { begun: {}, waits: {}, notDone: [], ended: false };

/** What some events add to the totals. */
export interface Counted {
  readonly state: CountState;
  readonly increments: readonly Increment[];
  /** When clusters were last upgraded as a whole, ms since the epoch. */
  readonly successes: Readonly<Record<string, number>>;
}

/** Counts the next events of a journal. Always the same for the same events, however they are cut into pieces. */
export function countEvents(plan: CountPlan, before: CountState, events: readonly RolloutEvent[]): Counted {
  const counting: Counting = {
    plan,
    begun: { ...before.begun },
    waits: { ...before.waits },
    notDone: new Set(before.notDone),
    ended: before.ended,
    amounts: new Amounts(),
    successes: {},
  };
  for (const event of events) {
    countWait(counting, event);
    countNode(counting, event);
    countRollout(counting, event);
  }
  const { begun, waits, notDone, ended, amounts, successes } = counting;
  return { state: { begun, waits, notDone: [...notDone], ended }, increments: amounts.all(), successes };
}

interface Counting {
  readonly plan: CountPlan;
  readonly begun: Record<string, BegunNode>;
  readonly waits: Record<string, OpenWait>;
  readonly notDone: Set<string>;
  ended: boolean;
  readonly amounts: Amounts;
  readonly successes: Record<string, number>;
}

function countRollout(counting: Counting, event: RolloutEvent): void {
  const { amounts, plan, notDone, successes } = counting;
  if (event.type === 'mended') amounts.add('nodetide_mended_total', []);
  if (event.type !== 'rollout-ended' || counting.ended) return;
  counting.ended = true;
  amounts.add('nodetide_rollouts_ended_total', [event.outcome]);
  for (const key of Object.keys(counting.begun)) delete counting.begun[key];
  const spoilt = new Set([...notDone].map(key => key.slice(0, key.indexOf('/'))));
  // Kept as long as the rollout is, and read with each look: nobody asks for it any more.
  notDone.clear();
  if (event.outcome !== 'done') return;
  for (const { name, whole } of plan.clusters) if (whole && !spoilt.has(name)) successes[name] = event.atMs;
}
