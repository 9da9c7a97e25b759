import type { RolloutEvent } from '../events.ts';
import type { UpgradeProof } from '../proof.ts';

type UpgradeEvent = Extract<RolloutEvent, { step: unknown }>;

/** Follows the upgrades of a node: whether their proofs name all that changed. */
export class UpgradeDeeds {
  /** What an upgrade may have done since anything was proved: it works, or an attempt of it failed. */
  #open: 'nothing' | 'works' | 'failed' = 'nothing';
  #isAllNamed = true;

  /** false: more may have changed than was proved. */
  get known(): boolean {
    return this.#isAllNamed && this.#open === 'nothing';
  }

  /** A round begins: what an upgrade of the one before left unproved is among the versions that this one finds. */
  claimed(): void {
    this.#isAllNamed = this.known;
    this.#open = 'nothing';
  }

  /** Takes in an event of the upgrade step. */
  apply(event: UpgradeEvent): void {
    switch (event.type) {
      case 'step-started':
        if (this.#open === 'nothing') this.#open = 'works';
        break;
      case 'step-waiting':
        // Let begin only later: nothing was done.
        if (event.held && this.#open === 'works') this.#open = 'nothing';
        break;
      case 'attempt-failed':
      case 'step-failed':
        this.#open = 'failed';
        break;
      case 'step-done':
        // The versions from before its first attempt are kept for all attempts of a round.
        this.#open = 'nothing';
        if ((event.proof as Partial<UpgradeProof> | null)?.changesKnown === false) this.#isAllNamed = false;
        break;
      default:
        break;
    }
  }
}
