import type {
  V1DaemonSet,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
} from '@kubernetes/client-node';
import type { NodeView, PdbView, PodView } from '../../domain/facts.ts';
import { nodeView, pdbView, podView } from '../views.ts';
import { findDocuments, parseSpan } from './json-items.ts';

/** What a preflight takes from a snapshot, as it comes. */
export class SnapshotResources {
  readonly nodes = new Map<string, NodeView>();
  readonly pods = new Map<string, PodView>();
  readonly budgets = new Map<string, PdbView>();
  readonly daemonSets = new Set<string>();
  readonly volumes: V1PersistentVolume[] = [];
  readonly claims: V1PersistentVolumeClaim[] = [];
  /** Kinds that were met; an empty list of one kind counts. */
  readonly kinds = new Set<string>();

  /**
   * Takes what is in a text made by `kubectl get … -o json`; a resource that comes twice counts once.
   * @throws Error when it is no such text
   */
  read(bytes: Buffer): void {
    for (const { kind, items, span } of findDocuments(bytes)) {
      // The API itself leaves kind out of items: it follows from that of the list.
      const kindOfItems = kind.endsWith('List') ? kind.slice(0, -'List'.length) : kind;
      if (items !== null && kindOfItems !== '') this.kinds.add(kindOfItems);
      for (const [index, item] of (items ?? [span]).entries()) this.#take(parseSpan(bytes, item), kindOfItems, index);
    }
  }

  #take(value: unknown, kindOfList: string, index: number): void {
    const item = value as { kind?: string; metadata?: { name?: unknown; namespace?: unknown } } | null;
    const kind = item?.kind ?? kindOfList;
    const { name, namespace = '' } = item?.metadata ?? {};
    const shown = `item ${index + 1}${kind === '' ? '' : ` (${kind})`}`;
    if (kind === '' || typeof name !== 'string') throw new Error(`${shown} is no Kubernetes resource with a name`);
    this.kinds.add(kind);
    try {
      this.#keep(kind, `${String(namespace)}/${name}`, value);
    } catch (cause) {
      throw new Error(`${shown} ${name} cannot be read: ${(cause as Error).message}`, { cause });
    }
  }

  #keep(kind: string, key: string, value: unknown): void {
    if (kind === 'Node') this.nodes.set(key, nodeView(value as V1Node));
    else if (kind === 'Pod') this.pods.set(key, podView(value as V1Pod));
    else if (kind === 'PodDisruptionBudget') this.budgets.set(key, pdbView(value as V1PodDisruptionBudget));
    else if (kind === 'DaemonSet' && (value as V1DaemonSet).apiVersion !== 'extensions/v1beta1')
      this.daemonSets.add(key);
    else if (kind === 'PersistentVolume') this.volumes.push(value as V1PersistentVolume);
    else if (kind === 'PersistentVolumeClaim') this.claims.push(value as V1PersistentVolumeClaim);
  }
}
