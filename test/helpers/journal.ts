import type { EventBody, RolloutEvent } from '../../shared/domain/events.ts';
import { STEPS, type StepName } from '../../shared/domain/steps.ts';

/** A failure as a step would tell it. */
export const BROKEN = { code: 'unexpected', message: 'broken', retryable: false } as const;

/** Writes a journal by hand; events get ids and times 1 s apart. Cluster `a` unless said otherwise. */
export class WrittenJournal {
  readonly events: RolloutEvent[] = [];
  readonly #epochs = new Map<string, number>();

  add(...bodies: EventBody[]): this {
    for (const body of bodies) {
      const at = this.events.length + 1;
      this.events.push({ ...body, id: `${at * 1000}-0`, atMs: at * 1000 });
    }
    return this;
  }

  /** A rollout whose first wave of cluster `a` is open. */
  begun(stage = 'dev'): this {
    return this.add(
      { type: 'rollout-created', by: 'tester', installation: 'i' },
      { type: 'rollout-started' },
      { type: 'stage-started', stage },
      { type: 'cluster-started', cluster: 'a' },
      { type: 'wave-started', cluster: 'a', wave: 0 },
    );
  }

  claim(node: string, slot: string, more: { wave?: number; round?: number; adopted?: boolean } = {}): this {
    const { wave = 0, round = 1, adopted = false } = more;
    return this.add({ type: 'node-claimed', cluster: 'a', node, wave, slot, round, adopted });
  }

  begin(node: string, step: StepName, round = 1, attempt = 1): this {
    const epoch = (this.#epochs.get(node) ?? 0) + 1;
    this.#epochs.set(node, epoch);
    return this.add({ type: 'step-started', cluster: 'a', node, round, step, attempt, epoch });
  }

  succeed(node: string, step: StepName, round = 1): this {
    return this.add({ type: 'step-done', cluster: 'a', node, round, step, proof: { of: step }, note: `${step} ok` });
  }

  fail(node: string, step: StepName, round = 1): this {
    return this.add({ type: 'step-failed', cluster: 'a', node, round, step, attempt: 1, failure: BROKEN });
  }

  /** Steps from `from` up to and with `to`, each begun and done. */
  through(node: string, to: StepName = 'uncordon', from: StepName = 'drain'): this {
    for (const step of STEPS.slice(STEPS.indexOf(from), STEPS.indexOf(to) + 1))
      this.begin(node, step).succeed(node, step);
    return this;
  }

  done(node: string): this {
    return this.add({ type: 'node-done', cluster: 'a', node, round: 1 });
  }

  release(node: string, slot: string, wave = 0): this {
    return this.add({ type: 'slot-released', cluster: 'a', node, wave, slot });
  }

  /** A node's whole way, from the claim until its slot is free again. */
  whole(node: string, slot: string, wave = 0): this {
    return this.claim(node, slot, { wave }).through(node).done(node).release(node, slot, wave);
  }
}
