import { asksBudgets, budgetsOf, neverAllows } from '../budgets.ts';
import type { PdbView, PodView } from '../facts.ts';
import type { Discovery } from './finding.ts';
import { discover, type Gathered } from './gather.ts';
import { SelectorIndex } from './selector-index.ts';
import { type DrainedNode, podName } from './world.ts';

/** A pod that a drain evicts, where it runs. */
interface Evicted {
  readonly pod: PodView;
  readonly node: string;
}

/** The budgets of a cluster, indexed by what they select. */
export class BudgetJudge {
  readonly #index: SelectorIndex<PdbView>;

  constructor(budgets: readonly PdbView[]) {
    const selecting = budgets.filter(({ selector }) => selector !== null);
    this.#index = new SelectorIndex(selecting, ({ namespace, selector }) => ({
      namespaces: [namespace],
      selector: selector ?? [],
    }));
  }

  /** `nowhere`: pods that no other node could take. */
  judge(drained: readonly DrainedNode[], nowhere: ReadonlySet<PodView>): Discovery[] {
    const several: Gathered[] = [];
    const byBudget = new Map<PdbView, Evicted[]>();
    for (const { node, policy, pods } of drained) {
      if (policy.drain.disableEviction) continue;
      for (const { pod, verdict } of pods) {
        if (verdict?.kind !== 'evict' || !asksBudgets(pod)) continue;
        const [budget, ...more] = budgetsOf(pod, this.#index.matching(pod));
        if (!budget) continue;
        if (more.length > 0) several.push(underSeveral(pod, node.name, [budget, ...more]));
        else if (!goesFree(pod, budget)) {
          const same = byBudget.get(budget) ?? [];
          byBudget.set(budget, same);
          same.push({ pod, node: node.name });
        }
      }
    }
    const others = [...byBudget].flatMap(([budget, evicted]) => budgetFindings(budget, evicted, nowhere));
    return discover([...several, ...others]);
  }
}

function underSeveral(pod: PodView, node: string, budgets: readonly PdbView[]): Gathered {
  const names = budgets.map(({ name }) => name).sort();
  const message = `${names.length} budgets of namespace ${pod.namespace} select the same pods, which can then not be evicted: ${names.join(', ')}`;
  return { code: 'severalBudgets', message, node, pod: podName(pod) };
}

/** A pod that is not Ready is let go by a budget that says so, and by one that has what it wants. */
function goesFree(pod: PodView, { unhealthyPods, currentHealthy, desiredHealthy }: PdbView): boolean {
  if (pod.ready) return false;
  return unhealthyPods === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

function budgetFindings(budget: PdbView, evicted: readonly Evicted[], nowhere: ReadonlySet<PodView>): Gathered[] {
  const { namespace, name, currentHealthy, desiredHealthy, expectedPods, observed, disruptionsAllowed } = budget;
  const budgetName = `${namespace}/${name}`;
  const about = (each: readonly Evicted[], code: Gathered['code'], message: string) =>
    each.map(({ pod, node }): Gathered => ({ code, message, node, pod: podName(pod) }));
  const never = neverAllows(
    budget,
    evicted.map(({ pod }) => pod),
  );
  if (never)
    return about(evicted, 'budgetNeverAllows', `budget ${budgetName} can never allow an eviction: ${never.reason}`);
  if (!observed) return [];
  const spared = Math.max(expectedPods, currentHealthy) - desiredHealthy;
  const stuck = byNode(evicted.filter(({ pod }) => nowhere.has(pod)));
  const tight = [...stuck.values()]
    .filter(({ length }) => length > spared)
    .flatMap(each => {
      const message = `budget ${budgetName} never spares more than ${spared} of its pods, and ${each.length} of one node can run nowhere else: its drain would wait for ever`;
      return about(each, 'budgetTooTight', message);
    });
  if (disruptionsAllowed > 0) return tight;
  const message = `budget ${budgetName} allows no eviction now: ${currentHealthy} of ${expectedPods} pods are healthy, ${desiredHealthy} must be`;
  return [...tight, ...about(evicted, 'budgetAllowsNoneNow', message)];
}

function byNode(evicted: readonly Evicted[]): ReadonlyMap<string, readonly Evicted[]> {
  const nodes = new Map<string, Evicted[]>();
  for (const each of evicted) {
    const same = nodes.get(each.node) ?? [];
    nodes.set(each.node, same);
    same.push(each);
  }
  return nodes;
}
