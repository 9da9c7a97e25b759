import type { DrainCase } from './case.ts';
import {
  drainFlags,
  type Ending,
  endingOf,
  type Kubectl,
  type KubectlRun,
  type Verdicts,
  verdictsOf,
} from './kubectl.ts';
import { drain, judge } from './ours.ts';
import { CASE_NODE, leftOf, type SeededCase, seedCase, settled } from './seed.ts';

/** What one side made of a case. */
export interface Side {
  readonly verdicts: Verdicts;
  readonly ending: Ending;
  /** How many pods of the beginning are left, by group. */
  readonly left: readonly number[];
  readonly cordoned: boolean;
}

/** Both sides of a case. */
export interface Observation {
  readonly given: DrainCase;
  readonly ours: Side;
  readonly kubectl: Side & { readonly run: KubectlRun };
}

/** One thing both sides should agree on and do not. */
export interface Difference {
  readonly what: 'evict' | 'refused' | 'daemonSets' | 'ending' | 'left' | 'cordoned';
  readonly ours: unknown;
  readonly kubectl: unknown;
}

/** A budget that asks to come back after 10 s is waited for. */
const LATE_MS = 20_000;
/** kubectl asks a refusing budget at 0, 5 and 10 s: a pod behind another one has its turn. */
const STUCK_MS = 8_000;
/** Most of the others end after a second; a few are refused for good, as when more pods are to go than may. */
const PLENTY_MS = 25_000;

/** How long a drain of the case may take: short where it may never end. */
export function timeoutOf(given: DrainCase): number {
  if (given.budgets.some(each => each.shape === 'late')) return LATE_MS;
  const refuses = given.budgets.some(each => each.shape !== 'allowing');
  const isStuck = refuses || given.terminating || given.groups.some(each => each.deletedAgo !== null);
  return isStuck ? STUCK_MS : PLENTY_MS;
}

/** kubectl's dry run by the server waits for the pods it did not delete, when it deletes instead of evicting. */
function dryRunFlags({ options }: DrainCase): string[] {
  return options.disableEviction ? ['--dry-run=client'] : ['--dry-run=server', '--timeout=1s'];
}

/**
 * Runs both drains, and kubectl's dry run by the server, each on a cluster of its own. kubectl is given `as`, by default
 * the same.
 */
export async function observe(given: DrainCase, kubectl: Kubectl, as: DrainCase = given): Promise<Observation> {
  const [dry, real, own] = await Promise.all([seedCase(as), seedCase(as), seedCase(given)]);
  const timeoutMs = timeoutOf(given);
  const drainWith = (seeded: SeededCase, more: readonly string[]): Promise<KubectlRun> =>
    kubectl.run(seeded.sim.url, ['drain', CASE_NODE, ...drainFlags(given.options), ...more]);
  try {
    const [dryRun, realRun, ours] = await Promise.all([
      drainWith(dry, dryRunFlags(given)),
      drainWith(real, [`--timeout=${timeoutMs / 1000}s`]),
      observeOurs(own, given, timeoutMs),
    ]);
    await settled(real);
    const verdicts = verdictsOf(dryRun);
    return { given, ours, kubectl: { verdicts, ending: endingOf(realRun), ...stateOf(real), run: realRun } };
  } finally {
    await Promise.all([dry, real, own].map(each => each.close()));
  }
}

async function observeOurs(seeded: SeededCase, given: DrainCase, timeoutMs: number): Promise<Side> {
  const verdicts = await judge(seeded, given.options);
  const ending = await drain(seeded, given.options, timeoutMs);
  await settled(seeded);
  return { verdicts, ending, ...stateOf(seeded) };
}

function stateOf(seeded: SeededCase) {
  const cordoned = seeded.sim.objects.get('nodes', '', CASE_NODE)?.spec?.['unschedulable'] === true;
  return { left: leftOf(seeded), cordoned };
}

/** Kubectl's verdicts without a word to the server's evictions. */
export async function clientDryRun(given: DrainCase, kubectl: Kubectl): Promise<Verdicts> {
  const seeded = await seedCase(given);
  try {
    const args = ['drain', CASE_NODE, ...drainFlags(given.options), '--dry-run=client'];
    return verdictsOf(await kubectl.run(seeded.sim.url, args));
  } finally {
    await seeded.close();
  }
}

/** Everything in which the two sides differ. Who has obstacles evicts nothing, so kubectl does not say what it would. */
export function differences({ ours, kubectl }: Observation): Difference[] {
  const mine = ours.verdicts.refused.length > 0 ? [] : ours.verdicts.evict;
  const pairs: [Difference['what'], unknown, unknown][] = [
    ['evict', mine, kubectl.verdicts.evict],
    ['refused', ours.verdicts.refused, kubectl.verdicts.refused],
    ['left', ours.left, kubectl.left],
    ['ending', ours.ending, kubectl.ending],
    ['cordoned', ours.cordoned, kubectl.cordoned],
  ];
  // It names them only when it goes on.
  if (kubectl.verdicts.refused.length === 0)
    pairs.push(['daemonSets', ours.verdicts.daemonSets, kubectl.verdicts.daemonSets]);
  return pairs.flatMap(([what, one, other]) =>
    JSON.stringify(one) === JSON.stringify(other) ? [] : [{ what, ours: one, kubectl: other }],
  );
}
