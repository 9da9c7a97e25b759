import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { STEPS, type StepName } from '../../../shared/domain/steps.ts';
import { ScriptedSteps } from '../scripted-steps.ts';

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Steps that fail, fail for good, take their time or come again, as the dice fall; calm ones only succeed. */
export class RandomSteps {
  readonly scripted = new ScriptedSteps();
  calm = false;
  readonly #roll: () => number;

  constructor(seed: number) {
    this.#roll = dice(seed);
    for (const step of STEPS) this.scripted.on('*', step, async context => this.#visit(step, () => context.guard()));
  }

  async #visit(step: StepName, guard: () => Promise<void>) {
    const roll = this.calm ? 1 : this.#roll();
    if (roll < 0.04) throw fail('host-key-changed', { message: `${step} is broken for good` });
    if (roll < 0.12) throw fail('host-connection-lost', { message: `${step} lost its host` });
    if (roll < 0.22) return { kind: 'again', afterMs: 5, reason: `${step} waits` } as const;
    if (roll < 0.4) await sleep(roll * 20);
    if (roll > 0.6) await guard();
    return undefined;
  }
}
