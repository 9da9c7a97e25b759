import type { BlockFacts } from '../../../../shared/domain/block/analyse.ts';
import type { NodeView, PdbView, PodView } from '../../../../shared/domain/facts.ts';
import { labelSelectorText } from '../../../../shared/domain/label-selector.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { Fence } from '../../../../shared/ports/host.ts';
import type { LeftPod } from './evict.ts';

/** Whom to ask, on whose behalf, and when it is. */
export interface Looking {
  readonly cluster: ClusterApi;
  readonly fence: Fence;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/**
 * Reads what explains why these pods are left: at most one list of budgets, one of nodes, and one of pods for each
 * namespace where a budget refuses. Nothing is read where none does, or `look` is false. Never fails: what cannot be
 * read is null in the facts.
 */
export async function blockFacts(
  left: readonly LeftPod[],
  { cluster, fence, nowMs, signal }: Looking,
  look: boolean,
): Promise<(pod: LeftPod) => BlockFacts> {
  const ours = { installation: fence.installation, rollout: fence.rollout };
  const nothing: BlockFacts = { pods: [], pdbs: [], nodes: [], ours, nowMs };
  const asking = look ? left.filter(asksBudgets) : [];
  if (asking.length === 0) return () => nothing;
  const [pdbs, nodes] = await Promise.all([
    quiet(cluster.listPdbs(signal)),
    quiet<NodeView[]>(cluster.listNodes(signal)),
  ]);
  const namespaces = [...new Set(asking.map(({ pod }) => pod.namespace))];
  const lists = await Promise.all(
    namespaces.map(async (namespace): Promise<[string, PodView[] | null]> => {
      const selector = selectorOf(namespace, asking, pdbs);
      return [namespace, await quiet(cluster.listPods(namespace, selector, signal))];
    }),
  );
  const pods = new Map(lists);
  return each => {
    if (!asksBudgets(each)) return nothing;
    return { pods: pods.get(each.pod.namespace) ?? null, pdbs, nodes, ours, nowMs };
  };
}

function asksBudgets({ pod, answer }: LeftPod): boolean {
  if (pod.deletionMs !== null || answer === null) return false;
  if (answer.kind === 'refused') return answer.budgets.length > 0;
  return answer.kind === 'impossible' && /disruption ?budget/i.test(answer.message);
}

/** A namespace may hold thousands of pods: where one budget refuses, only its own are asked for. */
function selectorOf(namespace: string, asking: readonly LeftPod[], pdbs: readonly PdbView[] | null): string {
  const here = asking.filter(({ pod }) => pod.namespace === namespace);
  const names = new Set(here.flatMap(({ answer }) => (answer?.kind === 'refused' ? answer.budgets : ['', '*'])));
  if (names.size !== 1) return '';
  const budget = pdbs?.find(each => each.namespace === namespace && names.has(each.name));
  return budget?.selector ? labelSelectorText(budget.selector) : '';
}

/** null: could not be read. */
async function quiet<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch {
    return null;
  }
}
