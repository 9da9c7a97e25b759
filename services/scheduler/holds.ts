import { failureOf } from '../../shared/domain/failure.ts';
import { holdKey } from '../../shared/domain/names.ts';
import { type PlanCluster, planClusters } from '../../shared/domain/plan.ts';
import type { HoldOwner } from '../../shared/gates/hold.ts';
import type { EngineStore, KeptHold } from '../../shared/ports/engine-store.ts';
import type { GateKeeperDeps } from '../common/gate-keeper.ts';
import type { ServiceLog } from '../common/log.ts';
import { sourcesOf, type Wanted, wantedOf } from './wanted-holds.ts';

/** What is held for a cluster is renewed so often while nodes are away. */
const RENEW_MS = 30_000;
/** After trouble. */
const AGAIN_MS = 5_000;
/** A hold that was taken for a claim is given back this long after it at the soonest: the claim itself takes its time. */
const LEAST_KEPT_MS = 60_000;
const CHANGED = 'it was changed just now by another scheduler';

type Act = 'renew' | 'release';

/** What holds work with. */
export interface HoldsDeps extends GateKeeperDeps {
  readonly store: EngineStore;
  readonly log: ServiceLog;
}

/**
 * What gates hold in the world: taken before a claim, renewed while nodes are away, given back after. Who gives back says so
 * in the store first and nobody takes before that is done: else a late giving back could take away what was just taken.
 */
export class Holds {
  readonly #deps: HoldsDeps;
  readonly #dueMs = new Map<string, number>();
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(deps: HoldsDeps) {
    this.#deps = deps;
  }

  /** Takes all that is asked for, before a claim. Returns why something cannot be held; empty: all is. Rejects with the signal's reason. */
  async take(cluster: PlanCluster, owner: HoldOwner, signal: AbortSignal): Promise<string[]> {
    const obstacles: string[] = [];
    for (const wanted of wantedOf(cluster)) {
      const obstacle = await this.#alone(cluster, wanted, () => this.#take(cluster, wanted, owner, signal, true));
      if (obstacle !== null) obstacles.push(`${wanted.settings.name}: ${obstacle}`);
    }
    signal.throwIfAborted();
    return obstacles;
  }

  /**
   * Renews what is held while nodes are away, and gives it back when none is any more. What was never taken for nodes that
   * are away (they were adopted while the gates were shut) is taken. `someAway` is asked after what is held was read: else a
   * claim in between would lose what it took. Rejects when the store or `someAway` does.
   */
  async keep(
    cluster: PlanCluster,
    owner: HoldOwner,
    someAway: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<void> {
    const wanted = wantedOf(cluster);
    if (wanted.length === 0) return;
    const [kept, nowMs] = await Promise.all([this.#deps.store.holds(), this.#deps.store.now()]);
    const isAway = await someAway();
    const leastMs = Math.max(LEAST_KEPT_MS, 2 * cluster.policy.factsMaxAgeMs);
    for (const each of wanted) {
      const held = kept[holdKey(cluster.name, each.settings.name)];
      if (held && held.rollout !== owner.rollout) continue;
      const isIdle = held && !isAway && nowMs - held.usedAtMs >= leastMs;
      if (held && (held.releasing || isIdle)) await this.#giveBack(cluster, each, owner, held, signal);
      else if (isAway && this.#isDue('renew', cluster, each)) {
        await this.#alone(cluster, each, () => this.#take(cluster, each, owner, signal, false));
      }
    }
  }

  /** Gives back what rollouts left that have ended. Rejects when the store does. */
  async tidy(active: ReadonlySet<string>, installation: string, signal: AbortSignal): Promise<void> {
    for (const [key, held] of Object.entries(await this.#deps.store.holds())) {
      if (active.has(held.rollout) || (await this.#isActive(held.rollout))) continue;
      const plan = await this.#deps.store.plan(held.rollout);
      const all = plan ? planClusters(plan).flatMap(cluster => wantedOf(cluster).map(each => ({ cluster, each }))) : [];
      const found = all.find(({ cluster, each }) => holdKey(cluster.name, each.settings.name) === key);
      const owner = { installation, rollout: held.rollout };
      if (found) await this.#giveBack(found.cluster, found.each, owner, held, signal);
    }
  }

  /** One may have begun after the active ones were listed. */
  async #isActive(rollout: string): Promise<boolean> {
    const meta = await this.#deps.store.meta(rollout);
    return meta !== null && meta.state !== 'done' && meta.state !== 'aborted';
  }

  async #giveBack(
    cluster: PlanCluster,
    wanted: Wanted,
    owner: HoldOwner,
    held: KeptHold,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.#isDue('release', cluster, wanted)) return;
    await this.#alone(cluster, wanted, () => this.#release(cluster, wanted, owner, held, signal));
  }

  #isDue(act: Act, cluster: PlanCluster, { settings }: Wanted): boolean {
    const leftMs = (this.#dueMs.get(`${act} ${holdKey(cluster.name, settings.name)}`) ?? 0) - this.#deps.clock.now();
    // A clock that was set back must not keep it from being renewed.
    return leftMs <= 0 || leftMs > RENEW_MS;
  }

  #nextIn(act: Act, cluster: PlanCluster, { settings }: Wanted, ms: number): void {
    this.#dueMs.set(`${act} ${holdKey(cluster.name, settings.name)}`, this.#deps.clock.now() + ms);
  }

  /** One act on a hold at a time: its slots ask at the same moment. */
  async #alone<T>(cluster: PlanCluster, { settings }: Wanted, act: () => Promise<T>): Promise<T> {
    const key = holdKey(cluster.name, settings.name);
    const before = this.#busy.get(key) ?? Promise.resolve();
    const mine = before.then(act, act);
    this.#busy.set(key, mine);
    return mine;
  }

  async #take(
    cluster: PlanCluster,
    wanted: Wanted,
    owner: HoldOwner,
    signal: AbortSignal,
    isForClaim: boolean,
  ): Promise<string | null> {
    this.#nextIn('renew', cluster, wanted, AGAIN_MS);
    const { store, clock } = this.#deps;
    try {
      const held = (await store.holds())[holdKey(cluster.name, wanted.settings.name)] ?? null;
      if (held?.releasing) return 'it is being given back';
      if (held && held.rollout !== owner.rollout) return `rollout ${held.rollout} has not given it back yet`;
      const usedAtMs = isForClaim ? await store.now() : (held?.usedAtMs ?? 0);
      const start = { rollout: owner.rollout, usedAtMs, memory: held?.memory ?? null, releasing: false };
      // Before the act: whoever comes after a death knows that there is something to give back.
      if (!(await store.changeHold(cluster.name, wanted.settings.name, held, start))) return CHANGED;
      const from = sourcesOf(this.#deps, cluster, wanted.settings, owner, signal);
      const remember = this.#rememberer(cluster, wanted, start);
      const memory = { owner, nowMs: clock.now(), kept: start.memory, remember };
      const obstacle = await wanted.hold.take(wanted.settings, from, memory);
      if (obstacle === null) this.#nextIn('renew', cluster, wanted, RENEW_MS);
      return obstacle;
    } catch (error) {
      signal.throwIfAborted();
      return `cannot be held: ${failureOf(error).message}`;
    }
  }

  async #release(
    cluster: PlanCluster,
    wanted: Wanted,
    owner: HoldOwner,
    held: KeptHold,
    signal: AbortSignal,
  ): Promise<void> {
    this.#nextIn('release', cluster, wanted, AGAIN_MS);
    const { store, clock, log } = this.#deps;
    const { name } = wanted.settings;
    try {
      const start = { ...held, releasing: true };
      if (!(await store.changeHold(cluster.name, name, held, start))) return;
      const from = sourcesOf(this.#deps, cluster, wanted.settings, owner, signal);
      let last: KeptHold = start;
      const remember = this.#rememberer(cluster, wanted, start, next => {
        last = next;
      });
      await wanted.hold.release(wanted.settings, from, { owner, nowMs: clock.now(), kept: held.memory, remember });
      await store.changeHold(cluster.name, name, last, null);
    } catch (error) {
      const about = { rollout: owner.rollout, cluster: cluster.name, error: String(error) };
      if (!signal.aborted) log.warn(about, `what gate ${name} holds could not be given back`);
    }
  }

  #rememberer(cluster: PlanCluster, { settings }: Wanted, start: KeptHold, heard: (now: KeptHold) => void = () => {}) {
    let now = start;
    return async (memory: unknown): Promise<void> => {
      const next = { ...now, memory };
      const isOurs = await this.#deps.store.changeHold(cluster.name, settings.name, now, next);
      if (!isOurs) throw new Error(CHANGED);
      now = next;
      heard(next);
    };
  }
}
