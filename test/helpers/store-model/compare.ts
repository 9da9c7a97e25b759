import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { type StatusFold, startFold } from '../../../shared/domain/fold.ts';
import { type InvariantCheck, startInvariants } from '../../../shared/domain/invariants.ts';
import type { NodeRecord } from '../../../shared/domain/node-record.ts';
import { type Plan, planClusters } from '../../../shared/domain/plan.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { type RolloutKeys, storeKeys } from '../../../shared/journal/keys.ts';
import { readEvents } from '../../../shared/journal/read-events.ts';

type Story = Readonly<Record<string, unknown>>;

/** The same rollout twice: as the store's hashes and sets have it, and as its journal tells it. */
export class Twins {
  readonly #redis: Redis;
  readonly #plan: Plan;
  readonly #keys: RolloutKeys;
  readonly #fold: StatusFold;
  readonly #rules: InvariantCheck;
  #last = '';

  constructor(redis: Redis, prefix: string, id: string, plan: Plan) {
    this.#redis = redis;
    this.#plan = plan;
    this.#keys = storeKeys(prefix).rollout(id);
    this.#fold = startFold(plan, id);
    this.#rules = startInvariants(plan);
  }

  /** Reads on, event by event, then compares. Nobody may write meanwhile. */
  async agree(): Promise<void> {
    for (const event of await readEvents(this.#redis, this.#keys.journal, this.#last, 10_000)) {
      this.#last = event.id;
      expect(this.#rules.apply(event), JSON.stringify(event)).toEqual([]);
      this.#fold.apply(event);
    }
    const status = this.#fold.status();
    const told = { ...toldBy(status), failed: this.#rules.failed().toSorted() };
    expect(await this.#kept(status)).toEqual(told);
  }

  async #kept(status: RolloutStatus): Promise<Story> {
    const { meta, nodes, results, holding, waiting, failed } = this.#keys;
    const reads = this.#redis.multi().hgetall(meta).hgetall(nodes).hkeys(results).hgetall(holding).hgetall(waiting);
    reads.smembers(failed);
    const sets = this.#sets();
    for (const name of sets) reads.smembers(this.#keys.sets + name);
    const answers = ((await reads.exec()) ?? []).map(([error, answer]) => {
      if (error) throw error;
      return answer;
    });
    const [m, n, r, h, w, f, ...members] = answers as [Hash, Hash, string[], Hash, Hash, string[], ...string[][]];
    const kept = Object.fromEntries(sets.map((name, at) => [name, (members[at] ?? []).toSorted()]));
    const ofSets = Object.entries(kept).filter(([name]) => !name.startsWith('slots:'));
    // A slot that holds a node is still registered: else its node would be held by nobody.
    const live = Object.entries(kept).flatMap(([name, ids]) => (name.startsWith('slots:') ? ids : []));
    expect(live).toEqual(expect.arrayContaining(Object.keys(h)));
    return {
      ...ofMeta(m, this.#plan, status),
      nodes: Object.fromEntries(Object.entries(n).map(([key, text]) => [key, recordOf(text)])),
      // What was done in rounds gone by is of no interest.
      finished: r.filter(field => isNow(field, n)).toSorted(),
      holding: h,
      waiting: waitingOf(w, status),
      sets: Object.fromEntries(ofSets),
      failed: f.toSorted(),
    };
  }

  #sets(): string[] {
    return planClusters(this.#plan).flatMap(({ name, waves }) => [
      `claimed:${name}`,
      ...waves.flatMap(({ index }) => [`pending:${name}/${index}`, `slots:${name}/${index}`]),
    ]);
  }
}

type Hash = Record<string, string>;

function recordOf(text: string): Story {
  const { state, round, slot, reason } = JSON.parse(text) as NodeRecord;
  const settled = state !== 'pending' && state !== 'claimed' && state !== 'failed';
  return { state, round, slot, reason: settled ? reason : '' };
}

function isNow(field: string, nodes: Hash): boolean {
  const [cluster, name, round] = field.split('/');
  const record = JSON.parse(nodes[`${cluster}/${name}`] ?? '{}') as Partial<NodeRecord>;
  return String(record.round) === round;
}

function ofMeta(meta: Hash, plan: Plan, told: RolloutStatus): Story {
  const clusters = planClusters(plan);
  const waves = clusters.flatMap(({ name, waves }) => waves.map(wave => `${name}/${wave.index}`));
  return {
    state: told.state === 'waiting-on-person' && meta['state'] === 'stopping' ? 'running' : meta['state'],
    budgets: budgetsOf(
      Number(meta['failureBudget']),
      clusters.flatMap(({ name, waves }) => [name, ...waves.map(wave => `${name}/${wave.index}`)]),
      place => (meta[`budget:${place}`] === undefined ? null : Number(meta[`budget:${place}`])),
    ),
    concurrency: Object.fromEntries(waves.map(wave => [wave, Number(meta[`k:${wave}`])])),
    open: Object.fromEntries(clusters.map(({ name }) => [name, meta[`open:${name}`]])),
  };
}

/** Waiting slots of waves that are not done: what a slot of a wave gone by waited for is of no interest. */
function waitingOf(waiting: Hash, status: RolloutStatus): Story {
  const over = status.clusters.flatMap(cluster =>
    cluster.waves.filter(wave => wave.state === 'done').map(wave => `${cluster.name}-${wave.index}-`),
  );
  const slots = Object.entries(waiting).filter(
    ([slot]) => !slot.startsWith('node ') && !over.some(prefix => slot.startsWith(prefix)),
  );
  return Object.fromEntries(slots.map(([slot, text]) => [slot, JSON.parse(text) as unknown]));
}

function toldBy(status: RolloutStatus): Story {
  const nodes = Object.entries(status.nodes);
  const held = nodes.filter(([, node]) => node.slot !== null);
  const finished = nodes.flatMap(([key, node]) => {
    const steps = STEPS.filter(step => node.steps[step].state === 'done' || node.steps[step].state === 'skipped');
    return steps.map(step => `${key}/${node.round}/${step}`);
  });
  const settled = ['skipped', 'excluded', 'aborted'];
  const running = ['created', 'waiting-on-person'].includes(status.state);
  const waves = status.clusters.flatMap(cluster => cluster.waves);
  const going = waves.filter(wave => wave.state !== 'done');
  const waiting = going.flatMap(wave => wave.waiting.map(({ slot, reasons }) => [slot, reasons] as const));
  return {
    state: running ? 'running' : status.state,
    concurrency: Object.fromEntries(waves.map(wave => [`${wave.cluster}/${wave.index}`, wave.concurrency])),
    budgets: {
      '': status.failureBudget,
      ...Object.fromEntries(status.clusters.map(({ name, failureBudget }) => [name, failureBudget])),
      ...Object.fromEntries(waves.map(wave => [`${wave.cluster}/${wave.index}`, wave.failureBudget])),
    },
    open: Object.fromEntries(status.clusters.map(({ name, waves: own }) => [name, openOf(own)])),
    nodes: Object.fromEntries(
      nodes.map(([key, { state, round, slot, reason }]) => [
        key,
        { state, round, slot: slot ?? '', reason: settled.includes(state) ? reason : '' },
      ]),
    ),
    finished: finished.toSorted(),
    holding: Object.fromEntries(held.map(([key, node]) => [node.slot, key])),
    waiting: Object.fromEntries(waiting),
    sets: setsTold(status),
  };
}

function budgetsOf(rollout: number, places: readonly string[], of: (place: string) => number | null): Story {
  return Object.fromEntries([['', rollout], ...places.map(place => [place, of(place)] as const)]);
}

function openOf(waves: RolloutStatus['clusters'][number]['waves']): string | undefined {
  const open = waves.find(wave => wave.state === 'running');
  return open && String(open.index);
}

function setsTold(status: RolloutStatus): Story {
  const nodes = Object.values(status.nodes);
  const names = (list: typeof nodes) => list.map(node => node.node).toSorted();
  const entries = status.clusters.flatMap(({ name, waves }) => {
    const own = nodes.filter(node => node.cluster === name);
    const pending = waves.map(({ index }) => {
      const left = own.filter(node => node.wave === index && node.state === 'pending');
      return [`pending:${name}/${index}`, names(left)] as const;
    });
    return [[`claimed:${name}`, names(own.filter(node => node.slot !== null))] as const, ...pending];
  });
  return Object.fromEntries(entries);
}
