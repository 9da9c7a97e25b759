import { mayComeBack } from '../../../../shared/domain/cordon.ts';
import { type DaemonSetAnswer, daemonSetOf, judgePod } from '../../../../shared/domain/drain/filters.ts';
import type { PodView, WorkMark } from '../../../../shared/domain/facts.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { DrainContext } from './context.ts';
import type { DrainMemory } from './memory.ts';

/** The pods of a node by verdict. */
export interface Judged {
  readonly evict: readonly PodView[];
  readonly skipped: readonly { readonly pod: string; readonly reason: string }[];
  readonly refused: readonly { readonly pod: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

/** `namespace/name`. */
export function podName(pod: PodView): string {
  return `${pod.namespace}/${pod.name}`;
}

/** Lists the node's pods and judges each. */
export async function judgeNode(
  cluster: ClusterApi,
  node: string,
  policy: DrainPolicy,
  nowMs: number,
  signal: AbortSignal,
): Promise<Judged> {
  const pods = await cluster.listPodsOnNode(node, policy.podSelector, signal);
  return judgePods(pods, await askDaemonSets(cluster, pods, new Map(), signal), policy, nowMs);
}

/** Judges the pods of a drain's node again and again; each DaemonSet that exists is asked for once. */
export class Judge {
  readonly #context: DrainContext;
  readonly #mark: WorkMark;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, DaemonSetAnswer>();
  readonly #warned = new Set<string>();

  constructor(context: DrainContext, mark: WorkMark, signal: AbortSignal) {
    this.#context = context;
    this.#mark = mark;
    this.#signal = signal;
  }

  /**
   * A pod that came back because it tolerates the cordon is left, as kubectl leaves it. StepError `drain-obstacles` for
   * pods that are in the way.
   */
  async judge(pods: readonly PodView[], memory: DrainMemory): Promise<Judged> {
    const { cluster, fence, policy, clock } = this.#context;
    const sets = await askDaemonSets(cluster, pods, this.#known, this.#signal);
    for (const [key, answer] of sets) if (answer === 'exists') this.#known.set(key, answer);
    const judged = judgePods(pods, sets, policy, clock.now());
    const begun = Object.keys(memory.targets).length > 0;
    throwObstacles(fence.node, judged.refused, `cordoned, ${begun ? 'some pods evicted' : 'nothing evicted'}`);
    this.#warn(judged.warnings);
    const isBack = (pod: PodView): boolean =>
      begun && mayComeBack(pod, this.#mark) && memory.targets[pod.uid] === undefined && pod.controller !== null;
    const back = judged.evict.filter(isBack);
    return {
      ...judged,
      evict: judged.evict.filter(pod => !isBack(pod)),
      skipped: [...judged.skipped, ...back.map(pod => ({ pod: podName(pod), reason: CAME_BACK }))],
    };
  }

  #warn(warnings: readonly string[]): void {
    const fresh = warnings.filter(warning => !this.#warned.has(warning));
    for (const warning of fresh) {
      this.#warned.add(warning);
      this.#context.log(`${warning}\n`);
    }
  }
}

const CAME_BACK = 'came back to the cordoned node, which it tolerates';

function judgePods(
  pods: readonly PodView[],
  sets: ReadonlyMap<string, DaemonSetAnswer>,
  policy: DrainPolicy,
  nowMs: number,
): Judged {
  const daemonSet = (space: string, name: string) => sets.get(`${space}/${name}`) ?? 'missing';
  const evict: PodView[] = [];
  const skipped: { pod: string; reason: string }[] = [];
  const refused: { pod: string; reason: string }[] = [];
  const warnings: string[] = [];
  for (const pod of pods) {
    const verdict = judgePod(pod, { policy, nowMs, daemonSet });
    if (verdict.kind === 'evict') evict.push(pod);
    else (verdict.kind === 'skip' ? skipped : refused).push({ pod: podName(pod), reason: verdict.reason });
    if (verdict.kind === 'evict') warnings.push(...verdict.warnings.map(text => `${podName(pod)}: ${text}`));
  }
  return { evict, skipped, refused, warnings };
}

/** StepError `drain-obstacles` naming every refused pod, grouped by reason; nothing when there is none. */
export function throwObstacles(node: string, refused: Judged['refused'], leftAs: string): void {
  if (refused.length === 0) return;
  const groups = new Map<string, string[]>();
  for (const { pod, reason } of refused) groups.set(reason, [...(groups.get(reason) ?? []), pod]);
  const seen = [...groups].map(([reason, pods]) => `${reason}: ${pods.join(', ')}`).join('\n');
  const message = `${node} cannot be drained: ${refused.length} pod${refused.length === 1 ? ' is' : 's are'} in the way`;
  throw fail('drain-obstacles', { message, seen, leftAs });
}

/** `known`: answers that need not be asked for again. */
async function askDaemonSets(
  cluster: ClusterApi,
  pods: readonly PodView[],
  known: ReadonlyMap<string, DaemonSetAnswer>,
  signal: AbortSignal,
): Promise<Map<string, DaemonSetAnswer>> {
  const answers = new Map(known);
  const wanted = new Map<string, { namespace: string; name: string }>();
  for (const pod of pods) {
    const name = daemonSetOf(pod);
    const key = `${pod.namespace}/${name}`;
    if (name !== null && !answers.has(key)) wanted.set(key, { namespace: pod.namespace, name });
  }
  const ask = async (key: string, namespace: string, name: string): Promise<void> => {
    try {
      answers.set(key, (await cluster.daemonSetExists(namespace, name, signal)) ? 'exists' : 'missing');
    } catch (error) {
      signal.throwIfAborted();
      answers.set(key, { error: failureOf(error).message });
    }
  };
  await Promise.all([...wanted].map(([key, { namespace, name }]) => ask(key, namespace, name)));
  return answers;
}
