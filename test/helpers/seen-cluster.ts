import { type NodeView, WORK_ANNOTATION, type WorkMark } from '../../shared/domain/facts.ts';
import { fail } from '../../shared/domain/failures/catalogue.ts';
import type { ClusterApi, LeaseView } from '../../shared/ports/cluster.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';
import { nodeView } from './fake-cluster.ts';

/** An annotation of ours or of another installation. */
export function marked(mark: Partial<WorkMark>): Pick<NodeView, 'annotations'> {
  const whole: WorkMark = { installation: 'other', rollout: 'r0', round: 1, epoch: 1, cordonedBefore: false, ...mark };
  return { annotations: { [WORK_ANNOTATION]: JSON.stringify(whole) } };
}

/** The part of a cluster that the scheduler looks at, in memory: for tests of the engine, not of Kubernetes. */
export class SeenCluster {
  readonly nodes = new Map<string, NodeView>();
  lease: LeaseView | null = null;
  /** Set: every call fails with it. */
  trouble = '';
  /** Set: the nodes cannot be listed. */
  listTrouble = '';
  #version = 1;

  constructor(names: readonly string[]) {
    for (const name of names) this.nodes.set(name, nodeView(name));
  }

  set(name: string, change: Partial<NodeView>): void {
    this.nodes.set(name, { ...nodeView(name), ...this.nodes.get(name), ...change });
  }

  readonly connector: ClusterConnector = () => this.#api as ClusterApi;

  readonly #api: Partial<ClusterApi> = {
    listNodes: () => this.#answer(() => [...this.nodes.values()], this.listTrouble),
    listPdbs: () => this.#answer(() => []),
    listPodsOnNode: () => this.#answer(() => []),
    getLease: () => this.#answer(() => this.lease),
    putLease: (_namespace, _name, lease) =>
      this.#answer(() => {
        if ((this.lease?.resourceVersion ?? null) !== lease.expected) return null;
        this.#version += 1;
        const { holder, durationSeconds } = lease;
        this.lease = { holder, durationSeconds, renewedAtMs: Date.now(), resourceVersion: String(this.#version) };
        return this.lease;
      }),
  };

  async #answer<T>(make: () => T, trouble = ''): Promise<T> {
    await Promise.resolve();
    const message = this.trouble || trouble;
    if (message !== '') throw fail('cluster-unreachable', { message });
    return make();
  }
}
