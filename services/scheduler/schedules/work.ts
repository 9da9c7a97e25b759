import { nodeKey } from '../../../shared/domain/names.ts';
import { findPlanNode, type Plan, policyOf } from '../../../shared/domain/plan.ts';
import { hostAsks } from '../../../shared/domain/reboot-due.ts';
import type { WorkWanted } from '../../../shared/domain/schedule.ts';
import type { Due } from '../../common/planning/probe.ts';

/** What the hosts of a plan were found to need. Keys `cluster/node`, in plan order. */
export interface FoundWork {
  readonly asked: number;
  /** Have packages to upgrade, or cannot tell. */
  readonly updates: readonly string[];
  readonly reboots: readonly string[];
  readonly silent: readonly { readonly key: string; readonly why: string }[];
}

/** Sorts the answers of a plan's hosts. Of a policy that never reboots no reboot counts. */
export function foundWork(plan: Plan, answers: readonly Due[]): FoundWork {
  const updates: string[] = [];
  const reboots: string[] = [];
  const silent: { key: string; why: string }[] = [];
  for (const { cluster, node, work, failure } of answers) {
    const key = nodeKey(cluster, node);
    if (!work) {
      silent.push({ key, why: failure.message });
      continue;
    }
    const planned = findPlanNode(plan, cluster, node);
    const policy = planned && policyOf(plan, planned).reboot;
    if (work.pending === null || work.pending.changes.length > 0) updates.push(key);
    if (policy && policy.when !== 'never' && hostAsks(work.reboot.evidence, policy.match)) reboots.push(key);
  }
  return { asked: answers.length, updates, reboots, silent };
}

/** Whether there is what a schedule wants; a host that cannot be asked may have it. */
export function hasWork({ updates, reboots, silent }: FoundWork, wanted: WorkWanted): boolean {
  if (silent.length > 0) return true;
  return (wanted !== 'reboots' && updates.length > 0) || (wanted !== 'updates' && reboots.length > 0);
}

/** In one line: `of 12 hosts 3 have updates, 1 asks for a reboot, 1 cannot be asked (dev/n-4: no answer)`. */
export function workText({ asked, updates, reboots, silent }: FoundWork, wanted: WorkWanted): string {
  const [first] = silent;
  const parts = [
    ...(wanted === 'reboots' ? [] : [`${updates.length} ${verb(updates.length, 'has', 'have')} updates`]),
    ...(wanted === 'updates' ? [] : [`${reboots.length} ${verb(reboots.length, 'asks', 'ask')} for a reboot`]),
    ...(first ? [`${silent.length} cannot be asked (${first.key}: ${first.why})`] : []),
  ];
  return `of ${asked} ${asked === 1 ? 'host' : 'hosts'} ${parts.join(', ')}`;
}

function verb(count: number, one: string, more: string): string {
  return count === 1 ? one : more;
}
