import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { NodeCell } from '../../../../shared/domain/view/cell.ts';
import { applyChange } from '../../../../shared/domain/view/change.ts';
import type { PictureChange, RolloutPicture } from '../../../../shared/domain/view/picture.ts';
import { setServerTime } from './clock.ts';
import { type Counts, countsOf } from './counts.ts';
import { follow, type Live } from './live.ts';

/** A picture without its cells: these change the most, each by itself. */
export type PictureHead = Omit<RolloutPicture, 'cells'>;

/** A rollout as it stands, kept fresh; what has not changed notifies nobody. */
export class Picture {
  /** null: nothing has come yet. */
  readonly head = signal<PictureHead | null>(null);
  /** Moves on with every change of any cell. */
  readonly revision = signal(0);
  readonly live: Live;
  readonly #cells = new Map<string, Signal<NodeCell>>();
  readonly #counts = new Map<string, Signal<Counts>>();

  constructor(id: string) {
    this.live = follow(`/rollouts/${encodeURIComponent(id)}/picture`, {
      picture: data => this.#begin(data as RolloutPicture),
      change: data => this.#change(data as PictureChange),
    });
  }

  /** The cell of `cluster/node`; undefined: the rollout has no such node. */
  cell(key: string): ReadonlySignal<NodeCell> | undefined {
    return this.#cells.get(key);
  }

  /** How far a wave is. */
  counts(cluster: string, wave: number): ReadonlySignal<Counts> {
    return this.#countsOf(`${cluster}/${wave}`);
  }

  /** Id of the last event that is taken in; undefined: nothing has come yet. */
  lastEventId(): string | undefined {
    return this.head.peek()?.rollout.lastEventId;
  }

  /** All cells as they are now, without being told of changes. */
  *cells(): Iterable<NodeCell> {
    for (const cell of this.#cells.values()) yield cell.peek();
  }

  #begin({ cells, ...head }: RolloutPicture): void {
    setServerTime(head.atMs);
    this.#take(cells);
    this.head.value = head;
    for (const { name, waves } of head.rollout.clusters) {
      for (const { index, nodes } of waves) this.#count(`${name}/${index}`, nodes);
    }
  }

  #change(change: PictureChange): void {
    const before = this.head.peek();
    if (!before) return;
    const { cells, ...rest } = change;
    setServerTime(change.atMs);
    if (cells) this.#take(cells);
    if (Object.keys(rest).length > 1) {
      const { cells: _, ...head } = applyChange({ ...before, cells: {} }, rest);
      this.head.value = head;
    }
    if (cells) this.#countAgain(Object.values(cells));
  }

  #take(cells: Readonly<Record<string, NodeCell>>): void {
    for (const [key, cell] of Object.entries(cells)) {
      const known = this.#cells.get(key);
      if (!known) this.#cells.set(key, signal(cell));
      // A new connection tells everything anew.
      else if (JSON.stringify(known.peek()) !== JSON.stringify(cell)) known.value = cell;
    }
    this.revision.value += 1;
  }

  #countAgain(changed: readonly NodeCell[]): void {
    const touched = new Set(changed.map(({ cluster, wave }) => `${cluster}/${wave}`));
    for (const { name, waves } of this.head.peek()?.rollout.clusters ?? []) {
      for (const { index, nodes } of waves) if (touched.has(`${name}/${index}`)) this.#count(`${name}/${index}`, nodes);
    }
  }

  #count(wave: string, nodes: readonly string[]): void {
    this.#countsOf(wave).value = countsOf(nodes.flatMap(key => this.#cells.get(key)?.peek() ?? []));
  }

  #countsOf(wave: string): Signal<Counts> {
    const known = this.#counts.get(wave) ?? signal(countsOf([]));
    this.#counts.set(wave, known);
    return known;
  }
}

interface Shared {
  readonly picture: Picture;
  users: number;
  timer: number;
}

const shared = new Map<string, Shared>();
/** From one page of a rollout to another nothing is asked for anew. */
const KEPT_MS = 15_000;

function take(id: string): Shared {
  const known = shared.get(id) ?? { picture: new Picture(id), users: 0, timer: 0 };
  shared.set(id, known);
  return known;
}

function giveBack(id: string): void {
  const known = shared.get(id);
  if (!known) return;
  known.users -= 1;
  if (known.users > 0) return;
  known.timer = window.setTimeout(() => letGo(id, known), KEPT_MS);
}

function letGo(id: string, known: Shared): void {
  clearTimeout(known.timer);
  known.picture.live.stop();
  shared.delete(id);
}

/** Who looks through many rollouts shall not hold a connection for each. */
function letGoOfOthers(id: string): void {
  for (const [other, known] of shared) if (other !== id && known.users === 0) letGo(other, known);
}

/** The picture of a rollout, followed as long as a page shows it. */
export function usePicture(id: string): Picture {
  const [{ of, picture }, set] = useState(() => ({ of: id, picture: take(id).picture }));
  useEffect(() => {
    const known = take(id);
    clearTimeout(known.timer);
    known.users += 1;
    letGoOfOthers(id);
    set({ of: id, picture: known.picture });
    return () => giveBack(id);
  }, [id]);
  return of === id ? picture : take(id).picture;
}
