import type { Redis } from 'ioredis';
import type { Delivery } from '../domain/notify/routing.ts';
import {
  type DeliveryRecord,
  type Followed,
  type Outbox,
  type Outcome,
  type Taken,
  type TargetTally,
} from '../ports/outbox.ts';
import { storeKeys } from './keys.ts';
import {
  ADVANCE_FOLLOWED,
  HAS_LEFT,
  LEAD,
  MAY_LEAVE,
  RENEW_LEASE,
  SETTLE_DELIVERY,
  TAKE_DELIVERY,
} from './scripts/outbox.ts';

type Kept = Omit<DeliveryRecord, 'delivery'>;

/** The outbox on Redis: see {@link Outbox}. Keys begin with `prefix`. */
export class RedisOutbox implements Outbox {
  readonly #redis: Redis;
  readonly #base: string;
  readonly #rollouts: string;
  readonly #followed: (rollout: string) => string;
  /** Rollouts of which all was told: that never changes. */
  readonly #over = new Set<string>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#base = outboxBase(prefix);
    const keys = storeKeys(prefix);
    this.#rollouts = keys.rollouts;
    this.#followed = rollout => keys.rollout(rollout).notified;
  }

  async unfinished(): Promise<string[]> {
    const ids = await this.#redis.zrange(this.#rollouts, '0', '-1');
    const kept = new Set(ids);
    for (const id of this.#over) if (!kept.has(id)) this.#over.delete(id);
    const unsure = ids.filter(id => !this.#over.has(id));
    const over = await Promise.all(unsure.map(id => this.#redis.hget(this.#followed(id), 'over')));
    unsure.forEach((id, at) => over[at] === '1' && this.#over.add(id));
    return unsure.filter((_, at) => over[at] !== '1');
  }

  async followed(rollout: string): Promise<Followed> {
    const [revision, position, told, over] = await this.#redis.hmget(
      this.#followed(rollout),
      'revision',
      'position',
      'told',
      'over',
    );
    return {
      revision: Number(revision ?? 0),
      position: position ?? '',
      told: JSON.parse(told ?? '[]') as string[],
      isOver: over === '1',
    };
  }

  async advance(
    rollout: string,
    revision: number,
    to: Omit<Followed, 'revision'>,
    deliveries: readonly Delivery[],
  ): Promise<boolean> {
    const args = [
      outboxItems(deliveries),
      String(revision),
      to.position,
      JSON.stringify(to.told),
      to.isOver ? '1' : '0',
    ] as const;
    return (await this.#redis.eval(ADVANCE_FOLLOWED, 2, this.#base, this.#followed(rollout), ...args)) === 1;
  }

  async lead(token: string, ms: number): Promise<boolean> {
    return (await this.#run(LEAD, token, String(ms))) === 1;
  }

  async lanes(): Promise<string[]> {
    return this.#redis.smembers(`${this.#base}lanes`);
  }

  async take(lane: string, token: string, leaseMs: number): Promise<Taken> {
    const answer = (await this.#run(TAKE_DELIVERY, lane, token, String(leaseMs))) as string[];
    const [first, attempt, ageMs, doubt] = answer;
    if (first === undefined) return { kind: 'empty' };
    if (attempt === undefined) return { kind: 'later', ms: Number(first) };
    const delivery = JSON.parse(first) as Delivery;
    return { kind: 'ready', delivery, attempt: Number(attempt), ageMs: Number(ageMs), inDoubt: doubt === '1' };
  }

  async renew(id: string, token: string, leaseMs: number): Promise<void> {
    await this.#run(RENEW_LEASE, id, token, String(leaseMs));
  }

  async mayLeave(id: string, token: string): Promise<boolean> {
    return (await this.#run(MAY_LEAVE, id, token)) === 1;
  }

  async hasLeft(id: string, token: string): Promise<void> {
    await this.#run(HAS_LEFT, id, token);
  }

  async settle(lane: string, id: string, token: string, outcome: Outcome): Promise<boolean> {
    return (await this.#run(SETTLE_DELIVERY, lane, id, token, JSON.stringify(outcome))) === 1;
  }

  async list(): Promise<DeliveryRecord[]> {
    const lanes = await this.lanes();
    const onWay = await Promise.all(lanes.map(lane => this.#redis.lrange(`${this.#base}lane:${lane}`, 0, -1)));
    const open = (await this.#records(onWay.flat())).toSorted((a, b) => a.addedAtMs - b.addedAtMs);
    const ended = await this.#records(await this.#redis.lrange(`${this.#base}ended`, 0, -1));
    // One may have ended between the two looks.
    const known = new Set(ended.map(each => each.delivery.id));
    return [...open.filter(each => !known.has(each.delivery.id)), ...ended];
  }

  async tally(): Promise<readonly TargetTally[]> {
    const [totals, open] = await Promise.all([
      this.#redis.hgetall(`${this.#base}totals`),
      this.lanes().then(lanes => Promise.all(lanes.map(lane => this.#lane(lane)))),
    ]);
    return tallyOf(totals, open.flat());
  }

  /** How much waits in a lane, and the first of it. */
  async #lane(lane: string): Promise<{ first: DeliveryRecord; waiting: number }[]> {
    const key = `${this.#base}lane:${lane}`;
    const [id, waiting] = await Promise.all([this.#redis.lindex(key, 0), this.#redis.llen(key)]);
    const [first] = id === null ? [] : await this.#records([id]);
    return first ? [{ first, waiting }] : [];
  }

  async #records(ids: readonly string[]): Promise<DeliveryRecord[]> {
    if (ids.length === 0) return [];
    const [deliveries, states] = await Promise.all([
      this.#redis.hmget(`${this.#base}deliveries`, ...ids),
      this.#redis.hmget(`${this.#base}states`, ...ids),
    ]);
    return ids.flatMap((_, at) => {
      const [delivery, state] = [deliveries[at], states[at]];
      return delivery && state ? [recordOf(JSON.parse(delivery) as Delivery, JSON.parse(state) as Kept)] : [];
    });
  }

  async #run(script: string, ...args: readonly string[]): Promise<unknown> {
    return this.#redis.eval(script, 1, this.#base, ...args);
  }
}

function recordOf(delivery: Delivery, kept: Kept): DeliveryRecord {
  const { state, attempts, addedAtMs, nextAtMs, endedAtMs, note } = kept;
  return { delivery, state, attempts, addedAtMs, nextAtMs, endedAtMs, note };
}

function tallyOf(
  totals: Readonly<Record<string, string>>,
  open: readonly { readonly first: DeliveryRecord; readonly waiting: number }[],
): TargetTally[] {
  const names = [...Object.keys(totals).map(targetOf), ...open.map(({ first }) => first.delivery.target.name)];
  return [...new Set(names)].sort().map(target => {
    const own = open.filter(({ first }) => first.delivery.target.name === target);
    const ended = (outcome: string) => Number(totals[`${target}|${outcome}`] ?? 0);
    return {
      target,
      ended: { sent: ended('sent'), 'given-up': ended('given-up'), doubtful: ended('doubtful') },
      waiting: own.reduce((sum, each) => sum + each.waiting, 0),
      oldestAtMs: own.reduce<number | null>(
        (least, { first }) => Math.min(least ?? first.addedAtMs, first.addedAtMs),
        null,
      ),
    };
  });
}

function targetOf(field: string): string {
  return field.slice(0, field.lastIndexOf('|'));
}

/** What the keys of the outbox begin with. */
export function outboxBase(prefix: string): string {
  return `${prefix}:~notify:`;
}

/** Messages as scripts take them. The message itself travels as text: Lua would make lists without entries into objects. */
export function outboxItems(deliveries: readonly Delivery[]): string {
  return JSON.stringify(deliveries.map(each => ({ id: each.id, lane: each.lane, text: JSON.stringify(each) })));
}
