import { type Plan, planClusters } from '../../shared/domain/plan.ts';
import type { Proofs } from '../../shared/domain/proof.ts';
import { tooSoon } from '../../shared/gates/too-soon.ts';
import type { RebootTimes } from '../../shared/ports/reboot-times.ts';

/** Which reboot is meant. */
export interface RebootSubject {
  readonly rollout: string;
  readonly plan: Plan;
  readonly node: { readonly name: string; readonly cluster: string };
  readonly begin: { readonly proofs: Readonly<Record<string, unknown>> };
  readonly round: number;
}

/** One reboot, as others are told of it. */
export function rebootOf(rollout: string, { node, round }: { readonly node: string; readonly round: number }): string {
  return `${rollout}/${node}/${round}`;
}

/**
 * Why the cluster's last reboot is too near; empty: it is not. `act` missing: only looks, and not for a node that needs
 * no reboot as far as is known.
 */
export async function rebootTurn(
  times: RebootTimes,
  subject: RebootSubject,
  act?: 'order',
): Promise<readonly string[]> {
  const { rollout, plan, node, begin, round } = subject;
  const policy = planClusters(plan).find(({ name }) => name === node.cluster)?.policy;
  const minMs = policy?.minTimeBetweenRebootsMs ?? 0;
  const checked = begin.proofs['check-reboot'] as Proofs['check-reboot'] | undefined;
  if (minMs === 0 || (act === undefined && checked?.needed === false)) return [];
  const by = rebootOf(rollout, { node: node.name, round });
  const { atMs, inMs } = await (act
    ? times.takeReboot(node.cluster, by, minMs)
    : times.nextReboot(node.cluster, by, minMs));
  return inMs === 0 ? [] : [tooSoon(atMs)];
}
