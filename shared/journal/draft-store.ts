import type { Redis } from 'ioredis';
import { type Draft, type DraftSummary, draftSummary, NOTHING_MADE } from '../domain/draft/draft.ts';
import type { DraftResult, DraftStore, NewDraft } from '../ports/draft-store.ts';
import { ADD_DRAFT, BEGAN_DRAFT, FINISH_DRAFT, MAKING_DRAFT, REMOVE_DRAFT } from './scripts/draft.ts';

/**
 * Drafts on Redis: see {@link DraftStore}. Each is a hash of its own: what people see in lists (`summary`), and the
 * rest (`draft`), which holds the plan.
 */
export class RedisDraftStore implements DraftStore {
  readonly #redis: Redis;
  readonly #index: string;
  readonly #own: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#index = `${prefix}:~drafts`;
    this.#own = `${prefix}:~draft:`;
  }

  async drafts(): Promise<readonly DraftSummary[]> {
    const ids = await this.#redis.zrevrange(this.#index, 0, -1);
    const found = await Promise.all(ids.map(id => this.#redis.hmget(this.#own + id, 'summary', 'state', 'rollout')));
    return found.flatMap(([summary = null, state, rollout = null]) => {
      if (summary === null) return [];
      const told = JSON.parse(summary) as DraftSummary;
      return [{ ...told, state: state as Draft['state'], rollout: rollout === '' ? null : rollout }];
    });
  }

  async draft(id: string): Promise<Draft | null> {
    const [text = null, state, rollout] = await this.#redis.hmget(this.#own + id, 'draft', 'state', 'rollout');
    if (text === null) return null;
    return { ...(JSON.parse(text) as Draft), state: state as Draft['state'], rollout: rollout || null };
  }

  async add({ id, request, by, fleetFile, repeat }: NewDraft): Promise<Draft> {
    const askedAtMs = await this.#now();
    const draft: Draft = { id, by, askedAtMs, request, fleetFile, ...NOTHING_YET };
    const kept = await this.#run(ADD_DRAFT, id, String(askedAtMs), ...textsOf(draft), fleetFile, repeat);
    return kept === id ? draft : ((await this.draft(String(kept))) ?? draft);
  }

  async open(fleetFile: string): Promise<readonly string[]> {
    const ids = await this.#redis.zrange(this.#index, '0', '-1');
    const found = await Promise.all(ids.map(id => this.#redis.hmget(this.#own + id, 'state', 'fleetFile')));
    return ids.filter((_, at) => {
      const [state, file] = found[at] ?? [];
      return (state === 'asked' || state === 'making') && file === fleetFile;
    });
  }

  async making(id: string): Promise<void> {
    await this.#run(MAKING_DRAFT, id);
  }

  async finish(id: string, result: DraftResult): Promise<void> {
    const draft = await this.draft(id);
    if (!draft) return;
    const madeAtMs = await this.#now();
    await this.#run(FINISH_DRAFT, id, result.state, ...textsOf({ ...draft, ...result, madeAtMs }));
  }

  async began(id: string, rollout: string): Promise<void> {
    await this.#run(BEGAN_DRAFT, id, rollout);
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#run(REMOVE_DRAFT, id)) === 1;
  }

  async #now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async #run(script: string, ...args: readonly string[]): Promise<unknown> {
    return this.#redis.eval(script, 2, this.#index, this.#own, ...args);
  }
}

const NOTHING_YET = {
  state: 'asked',
  madeAtMs: null,
  ...NOTHING_MADE,
  rollout: null,
} as const satisfies Partial<Draft>;

function textsOf(draft: Draft): readonly [summary: string, draft: string] {
  return [JSON.stringify(draftSummary(draft)), JSON.stringify(draft)];
}
