import type { RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import { type Spell, troublesOf } from './spell.ts';

interface Place {
  readonly slots: Map<string, readonly string[]>;
  /** Nodes that are being worked on. */
  readonly active: Set<string>;
  spell: Spell | null;
}

type At = Pick<Spell, 'cluster' | 'wave'>;

/** Waits of slots: a wave is blocked while a slot of it waits and none of its nodes goes on. */
export class WaveSpells {
  readonly #places = new Map<string, Place>();
  readonly #waveOf = new Map<string, string>();

  open(): Spell[] {
    return [...this.#places.values()].flatMap(place => place.spell ?? []);
  }

  /** Takes an event in; returns the spells that ended by it. */
  apply(event: RolloutEvent): Spell[] {
    const at = this.#change(event);
    return at === null ? [] : this.#judge(at, event);
  }

  #change(event: RolloutEvent): At | null {
    switch (event.type) {
      case 'waiting':
        this.#place(event).slots.set(event.slot, event.reasons);
        return event;
      case 'waiting-over':
        this.#place(event).slots.delete(event.slot);
        return event;
      case 'wave-done':
        this.#place(event).slots.clear();
        this.#place(event).active.clear();
        return event;
      case 'node-claimed':
        this.#place(event).slots.delete(event.slot);
        this.#waveOf.set(nodeKey(event.cluster, event.node), placeKey(event));
        return this.#active(event, true);
      case 'slot-released':
        this.#place(event).slots.delete(event.slot);
        return this.#active(event, false);
      case 'step-started':
      case 'node-retried':
        return this.#active(event, true);
      case 'step-failed':
      case 'node-done':
      case 'node-skipped':
      case 'node-excluded':
      case 'node-aborted':
        return this.#active(event, false);
      default:
        return null;
    }
  }

  #active({ cluster, node }: { readonly cluster: string; readonly node: string }, active: boolean): At | null {
    const key = nodeKey(cluster, node);
    const wave = this.#waveOf.get(key);
    const place = wave === undefined ? undefined : this.#places.get(wave);
    if (wave === undefined || !place) return null;
    if (active) place.active.add(key);
    else place.active.delete(key);
    return { cluster, wave: Number(wave.slice(wave.indexOf('/') + 1)) };
  }

  #judge({ cluster, wave }: At, event: RolloutEvent): Spell[] {
    const place = this.#place({ cluster, wave });
    const reasons = [...new Set([...place.slots.values()].flatMap(troublesOf))];
    const before = place.spell;
    if (place.active.size > 0 || reasons.length === 0) {
      place.spell = null;
      return before ? [before] : [];
    }
    const kind = wave < 0 ? ('cluster' as const) : ('wave' as const);
    const what = wave < 0 ? (cluster === '' ? 'the rollout' : `cluster ${cluster}`) : `wave ${cluster}/${wave + 1}`;
    const since = { key: `${event.id}-${kind}-${cluster}`, sinceMs: event.atMs };
    const fresh = { kind, ...since, cluster, wave, stage: '', node: '', step: null, what, reasons, todo: '' };
    place.spell = before ? { ...before, reasons } : fresh;
    return [];
  }

  #place(at: At): Place {
    const key = placeKey(at);
    const known = this.#places.get(key);
    if (known) return known;
    const place: Place = { slots: new Map(), active: new Set(), spell: null };
    this.#places.set(key, place);
    return place;
  }
}

function placeKey({ cluster, wave }: At): string {
  return `${cluster}/${wave}`;
}
