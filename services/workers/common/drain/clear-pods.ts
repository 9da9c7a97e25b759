import { setMaxListeners } from 'node:events';
import { nextGroup } from '../../../../shared/domain/drain/order.ts';
import type { PodView, WorkMark } from '../../../../shared/domain/facts.ts';
import type { DrainContext } from './context.ts';
import { watchCordon } from './cordon-watch.ts';
import { Evictor, type LeftPod } from './evict.ts';
import { Judge, type Judged } from './judge.ts';
import type { DrainBook } from './memory.ts';
import { Presence } from './presence.ts';
import { RefusalBook } from './refusals.ts';

/** How a visit's work on the pods ended. */
export type Cleared =
  | { readonly kind: 'gone'; readonly judged: Judged }
  /** One of them cannot be evicted at all, or the time of the visit is over. */
  | {
      readonly kind: 'left';
      readonly isImpossible: boolean;
      readonly left: readonly LeftPod[];
      readonly refusals: RefusalBook;
    }
  /** The time of the visit is over, and the pods could not even be listed. */
  | { readonly kind: 'unseen' };

const TIME_IS_UP = new Error('time is up');
/** Until a watch has caught up with a list. */
const LAG_MS = 250;

/**
 * Evicts, group by group, the pods that have to go, until a fresh list shows none or `untilMs` comes. Follows the node by
 * one list and one watch. StepErrors `drain-obstacles`, `drain-cordon-lost` when the node is uncordoned meanwhile, and
 * those of the cluster that cannot heal.
 */
export async function clearPods(
  context: DrainContext,
  book: DrainBook,
  mark: WorkMark,
  untilMs: number,
): Promise<Cleared> {
  const { cluster, fence, signal, clock } = context;
  const end = new AbortController();
  // Every pod waits on it.
  setMaxListeners(0, end.signal);
  const stop = (): void => end.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const clearing = new Clearing(context, book, mark, end.signal);
  const watching = clearing.presence.watch(cluster);
  const work = clearing.run();
  const timer = clock.sleep(Math.max(0, untilMs - clock.now()), end.signal).then((): never => {
    throw TIME_IS_UP;
  });
  const others = [timer, watchCordon({ cluster, fence, clock }, end.signal)];
  try {
    signal.throwIfAborted();
    return await Promise.race([work, watching.then(never), ...others]);
  } catch (error) {
    signal.throwIfAborted();
    if (error !== TIME_IS_UP) throw error;
    const left = clearing.leftNow();
    // The last pod went, and nobody has looked since.
    return left.kind === 'left' && left.left.length === 0 && !left.isImpossible ? await clearing.lastLook() : left;
  } finally {
    signal.removeEventListener('abort', stop);
    end.abort(TIME_IS_UP);
    await Promise.allSettled([work, watching, ...others]);
  }
}

class Clearing {
  readonly presence: Presence;
  readonly #context: DrainContext;
  readonly #book: DrainBook;
  readonly #signal: AbortSignal;
  readonly #judge: Judge;
  readonly #refusals: RefusalBook;
  readonly #evictor: Evictor;
  #toGo: readonly PodView[] | null = null;

  constructor(context: DrainContext, book: DrainBook, mark: WorkMark, signal: AbortSignal) {
    const { cluster, policy, clock, fence } = context;
    this.#context = context;
    this.#book = book;
    this.#signal = signal;
    this.#judge = new Judge(context, mark, signal);
    this.presence = new Presence(fence.node, signal);
    this.#refusals = new RefusalBook(policy, book.memory.refusals ?? {});
    const tools = {
      cluster,
      policy,
      clock,
      presence: this.presence,
      refusals: this.#refusals,
      guard: () => context.guard(),
      tell: (told: Parameters<DrainBook['escalate']>[0]) =>
        book.escalate(told, this.#refusals.entries(this.#toGo ?? [])),
    };
    this.#evictor = new Evictor(tools, signal);
  }

  async run(): Promise<Cleared> {
    const { cluster, fence, policy, clock } = this.#context;
    const list = (): Promise<readonly PodView[]> =>
      cluster.listPodsOnNode(fence.node, policy.podSelector, this.#signal);
    // The watch begins with a list of its own; the server, not we, applies a selector.
    const first = await this.presence.pods();
    let fresh: readonly PodView[] | null = policy.podSelector === '' ? first : await list();
    for (;;) {
      const pods = fresh ?? (policy.podSelector === '' ? await this.presence.pods() : await list());
      const judged = await this.#judge.judge(pods, this.#book.memory);
      this.#toGo = judged.evict;
      if (judged.evict.length === 0) {
        if (fresh !== null) return { kind: 'gone', judged };
        fresh = await list();
        continue;
      }
      await this.#book.keepTargets(judged.evict);
      const here = judged.evict.filter(pod => this.presence.find(pod));
      if (here.length === 0) {
        await clock.sleep(LAG_MS, this.#signal);
        fresh = await list();
        continue;
      }
      await this.#evictor.remove(nextGroup(here, policy.order));
      if (this.#evictor.isImpossible) return this.leftNow();
      fresh = null;
    }
  }

  /** Lists once more, past the end of the visit. */
  async lastLook(): Promise<Cleared> {
    const { cluster, fence, policy } = this.#context;
    const pods = await cluster.listPodsOnNode(fence.node, policy.podSelector, this.#signal);
    const judged = await this.#judge.judge(pods, this.#book.memory);
    this.#toGo = judged.evict;
    return judged.evict.length === 0 ? { kind: 'gone', judged } : this.leftNow();
  }

  leftNow(): Cleared {
    if (this.#toGo === null) return { kind: 'unseen' };
    const left = this.#evictor.left(this.#toGo);
    return { kind: 'left', isImpossible: this.#evictor.isImpossible, left, refusals: this.#refusals };
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
