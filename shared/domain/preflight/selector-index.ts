import type { PodView } from '../facts.ts';
import { matchesLabels, type Requirement } from '../label-selector.ts';

type Labels = Readonly<Record<string, string>>;

/** A selector over the pods of some namespaces. */
interface Selecting {
  readonly namespaces: readonly string[];
  readonly selector: readonly Requirement[];
}

/** Finds, among many selectors, those that match a pod, without asking each. */
export class SelectorIndex<T> {
  readonly #byLabel = new Map<string, { item: T; selector: readonly Requirement[] }[]>();

  constructor(items: readonly T[], selectingOf: (item: T) => Selecting) {
    for (const item of items) {
      const { namespaces, selector } = selectingOf(item);
      const exact = exactOf(selector);
      for (const namespace of namespaces) {
        const key = exact ? JSON.stringify([namespace, ...exact]) : namespace;
        const bucket = this.#byLabel.get(key);
        if (bucket) bucket.push({ item, selector });
        else this.#byLabel.set(key, [{ item, selector }]);
      }
    }
  }

  /** The items whose selector matches a pod of this namespace with these labels. */
  matching({ namespace, labels }: Pick<PodView, 'namespace' | 'labels'>): T[] {
    if (this.#byLabel.size === 0) return [];
    const keys = [namespace, ...Object.entries(labels).map(pair => JSON.stringify([namespace, ...pair]))];
    return keys.flatMap(key =>
      (this.#byLabel.get(key) ?? []).filter(each => matchesLabels(each.selector, labels)).map(each => each.item),
    );
  }
}

/** Finds, among many pods, those that a selector matches, without looking at each. */
export class PodIndex<T> {
  readonly #labelsOf: (item: T) => Labels;
  readonly #byNamespace = new Map<string, T[]>();
  readonly #byKey = new Map<string, ReadonlyMap<string, readonly T[]>>();

  constructor(items: readonly T[], podOf: (item: T) => Pick<PodView, 'namespace' | 'labels'>) {
    this.#labelsOf = item => podOf(item).labels;
    for (const item of items) {
      const { namespace } = podOf(item);
      const there = this.#byNamespace.get(namespace);
      if (there) there.push(item);
      else this.#byNamespace.set(namespace, [item]);
    }
  }

  matching({ namespaces, selector }: Selecting): T[] {
    const exact = exactOf(selector);
    return namespaces.flatMap(namespace => {
      const among = exact ? this.#with(namespace, ...exact) : (this.#byNamespace.get(namespace) ?? []);
      return among.filter(item => matchesLabels(selector, this.#labelsOf(item)));
    });
  }

  #with(namespace: string, key: string, value: string): readonly T[] {
    const name = JSON.stringify([namespace, key]);
    const known = this.#byKey.get(name);
    if (known) return known.get(value) ?? [];
    const byValue = new Map<string, T[]>();
    for (const item of this.#byNamespace.get(namespace) ?? []) {
      const has = this.#labelsOf(item)[key];
      const there = has === undefined ? undefined : byValue.get(has);
      if (there) there.push(item);
      else if (has !== undefined) byValue.set(has, [item]);
    }
    this.#byKey.set(name, byValue);
    return byValue.get(value) ?? [];
  }
}

/** A label that every match carries with one certain value; undefined: there is none. */
function exactOf(selector: readonly Requirement[]): readonly [string, string] | undefined {
  const exact = selector.find(({ operator, values }) => operator === 'in' && values.length === 1);
  return exact ? [exact.key, exact.values[0] ?? ''] : undefined;
}
