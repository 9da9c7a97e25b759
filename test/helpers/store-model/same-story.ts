import { expect } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { StoreWorld } from './world.ts';

/** Compares what two worlds tell, event by event, from where the last comparison ended. */
export class SameStory {
  readonly #worlds: readonly [StoreWorld, StoreWorld];
  readonly #last = ['', ''];

  constructor(real: StoreWorld, oracle: StoreWorld) {
    this.#worlds = [real, oracle];
  }

  async compare(): Promise<void> {
    const [real = [], oracle = []] = await Promise.all(
      this.#worlds.map(async (world, at) => {
        const events = await world.store.events(world.id, this.#last[at]);
        this.#last[at] = events.at(-1)?.id ?? this.#last[at] ?? '';
        return events.map(plainly);
      }),
    );
    expect(real).toEqual(oracle);
  }
}

/** Without what differs by nature: times, ids, and which of several nodes a reason names first. */
function plainly(event: RolloutEvent): unknown {
  const { id: _id, atMs: _atMs, ...rest } = event;
  if (rest.type === 'step-started') return { ...rest, epoch: 0 };
  if (rest.type === 'rollout-created') return { ...rest, installation: '' };
  if (rest.type !== 'waiting') return rest;
  return { ...rest, reasons: rest.reasons.map(reason => reason.replace(/(one control-plane .*: ).*/, '$1')) };
}
