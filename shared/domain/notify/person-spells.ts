import { approveCommand } from '../approval/text.ts';
import { type ApprovalPlace, placeText } from '../command.ts';
import type { RolloutEvent } from '../events.ts';
import type { Spell } from './spell.ts';

const NOWHERE = { cluster: '', stage: '', wave: -1, node: '', step: null } as const;

/** Waits for a person's word: approvals that were asked for, and a pause. */
export class PersonSpells {
  readonly #spells = new Map<string, Spell>();

  open(): Spell[] {
    return [...this.#spells.values()];
  }

  /** Takes an event in; returns the spells that ended by it. */
  apply(event: RolloutEvent): Spell[] {
    switch (event.type) {
      case 'approval-wanted':
        return this.#begin(approvalOf(event.place), wanted(event));
      case 'approved':
        return this.#end(approvalOf(event.place));
      case 'wave-done':
        // The nodes behind the canary came to another end before anybody approved them.
        return this.#end(approvalOf({ of: 'canary', cluster: event.cluster, wave: event.wave }));
      case 'rollout-paused':
        return this.#begin('paused', paused(event));
      case 'rollout-resumed':
        return this.#end('paused');
      case 'rollout-aborting':
        return [...this.#spells.keys()].flatMap(key => this.#end(key));
      default:
        return [];
    }
  }

  #begin(key: string, spell: Spell): Spell[] {
    if (!this.#spells.has(key)) this.#spells.set(key, spell);
    return [];
  }

  #end(key: string): Spell[] {
    const spell = this.#spells.get(key);
    this.#spells.delete(key);
    return spell ? [spell] : [];
  }
}

function approvalOf(place: ApprovalPlace): string {
  return `approval ${placeText(place)}`;
}

function wanted({ id, atMs, place, reason }: Extract<RolloutEvent, { type: 'approval-wanted' }>): Spell {
  return {
    ...NOWHERE,
    ...('cluster' in place ? { cluster: place.cluster } : { stage: place.stage }),
    ...('wave' in place ? { wave: place.wave } : {}),
    kind: 'approval',
    key: `${id}-approval`,
    sinceMs: atMs,
    what: `the approval of ${placeText(place)}`,
    reasons: [reason],
    todo: approveCommand(place),
  };
}

function paused({ id, atMs, by, why }: Extract<RolloutEvent, { type: 'rollout-paused' }>): Spell {
  const reasons = [`paused by ${by}${why === '' ? '' : `: ${why}`}`];
  return {
    ...NOWHERE,
    kind: 'paused',
    key: `${id}-paused`,
    sinceMs: atMs,
    what: 'the rollout',
    reasons,
    todo: 'nodetide resume',
  };
}
