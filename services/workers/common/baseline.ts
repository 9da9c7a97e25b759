import { comparableGroup, mayComeTo, unprovenOf, unprovenText } from '../../../shared/domain/baseline.ts';
import type { BaselineProof, PackageChange } from '../../../shared/domain/proof.ts';
import type { Proven } from '../../../shared/ports/baseline.ts';
import type { HostFacts } from '../../../shared/ports/host.ts';
import type { PackageManager, Pending, VersionLimit } from '../../../shared/ports/packages.ts';
import type { StepContext } from '../../../shared/ports/step.ts';
import { chooseManager } from './choose-manager.ts';
import { findPending } from './due.ts';
import { installedOn } from './installed.ts';

type Context = Pick<StepContext<unknown>, 'host' | 'policy' | 'managers' | 'signal' | 'baseline'>;

/** What the versions on a host are compared with. */
export interface Comparison extends Proven {
  readonly group: string;
}

/** Most packages named in one line for people; the proof has them all. */
const MOST_NAMED = 5;

/** What earlier stages proved; null: this is the first one, or the policy does not look at it. */
export async function comparisonFor(context: Context, facts: HostFacts): Promise<Comparison | null> {
  const { baseline, manager } = context.policy.upgrade;
  if (baseline === 'off' || manager === 'none') return null;
  const group = comparableGroup(facts);
  const proven = await context.baseline.proven(group);
  return proven && { group, ...proven };
}

/**
 * What the policy lets an upgrade bring; null: anything, as where nothing can be compared. Throws StepError as
 * {@link installedOn}.
 */
export async function limitFor(
  context: Context,
  manager: PackageManager,
  comparison: Comparison | null,
): Promise<VersionLimit | null> {
  const { baseline } = context.policy.upgrade;
  if (!comparison || comparison.versions.size === 0 || (baseline !== 'block' && baseline !== 'pin')) return null;
  const installed = (await installedOn(context, manager)) ?? new Map<string, string>();
  return { kind: baseline, versions: mayComeTo(installed, comparison.versions) };
}

/**
 * As {@link findPending}, with what the policy makes of versions that no earlier stage proved: they are among the
 * problems (`block`) or left (`pin`).
 */
export async function findPendingWithin(
  context: Context,
  facts: HostFacts,
  comparison: Comparison | null,
): Promise<Pending | null> {
  const { baseline } = context.policy.upgrade;
  const manager = chooseManager(context.policy.upgrade, context.managers, facts);
  const limit = manager && baseline === 'pin' ? await limitFor(context, manager, comparison) : null;
  const pending = await findPending(context, facts, limit);
  if (!pending || !comparison || baseline !== 'block' || comparison.versions.size === 0) return pending;
  const unproven = unprovenOf(pending.changes, comparison.versions);
  if (unproven.length === 0) return pending;
  const message = `no earlier stage proved ${unprovenText(unproven, MOST_NAMED)}`;
  return { ...pending, problems: [...pending.problems, { code: 'packages-not-proven', message }] };
}

/** How the versions that changes brought, or would bring, compare. */
export function baselineProof(comparison: Comparison, changes: readonly PackageChange[]): BaselineProof {
  const { group, groups, versions } = comparison;
  return { group, proved: groups, unproven: versions.size === 0 ? [] : unprovenOf(changes, versions) };
}

/** The same for people; empty: nothing to tell. */
export function saysUnproven({ group, proved, unproven }: BaselineProof): string {
  if (!proved.includes(group)) {
    const others = proved.length === 0 ? 'no host' : proved.join(', ');
    return `not compared with earlier stages: they proved ${others}, this host is ${group}`;
  }
  return unproven.length === 0 ? '' : `not proved by an earlier stage: ${unprovenText(unproven, MOST_NAMED)}`;
}

/** Keeps what a verified host has installed, if a later stage asks for it. */
export async function proveVersions(context: Context): Promise<void> {
  if (!context.baseline.wanted) return;
  const facts = await context.host.facts(context.signal);
  const manager = chooseManager(context.policy.upgrade, context.managers, facts);
  const installed = manager && (await installedOn(context, manager));
  if (installed && installed.size > 0) await context.baseline.prove(comparableGroup(facts), installed);
}
