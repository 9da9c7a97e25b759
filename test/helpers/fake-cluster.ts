import type { AttachmentView, NodeView, PdbView, PodView } from '../../shared/domain/facts.ts';
import { fail } from '../../shared/domain/failures/catalogue.ts';
import { matchesLabels, parseLabelSelector } from '../../shared/domain/label-selector.ts';
import { type NodeChange, taintsAfter } from '../../shared/domain/node-change.ts';
import type { NodeEvent } from '../../shared/domain/node-event.ts';
import type { ObjectSelection } from '../../shared/domain/user-check.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterApi, EvictionAnswer, LeaseView, LeaseWish } from '../../shared/ports/cluster.ts';
import { ANYWHERE, BIG_ROOM } from './placement.ts';

/** A Node that is Ready and schedulable. */
export function nodeView(name: string, more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels: {},
    annotations: {},
    unschedulable: false,
    ready: true,
    notReadyReason: '',
    readySinceMs: 0,
    heartbeatMs: Number.MAX_SAFE_INTEGER,
    bootId: 'boot-1',
    kernelVersion: '6.1.0-1',
    osImage: 'Debian GNU/Linux 12',
    kubeletVersion: 'v1.36.2',
    addresses: [],
    room: BIG_ROOM,
    ...more,
  };
}

/** A running pod of a ReplicaSet. */
export function podView(name: string, node: string, more: Partial<PodView> = {}): PodView {
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    nodeName: node,
    phase: 'Running',
    ready: true,
    deletionMs: null,
    finalizers: [],
    labels: {},
    mirror: false,
    emptyDir: false,
    toleratesCordon: false,
    claims: [],
    priorityClass: '',
    trouble: '',
    placement: ANYWHERE,
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
    ...more,
  };
}

/** A budget without room: both of its two pods are needed. */
export function pdbView(name: string, more: Partial<PdbView> = {}): PdbView {
  return {
    namespace: 'shop',
    name,
    desiredHealthy: 2,
    currentHealthy: 2,
    disruptionsAllowed: 0,
    expectedPods: 2,
    selector: [],
    minAvailable: '2',
    maxUnavailable: null,
    unhealthyPods: 'IfHealthyBudget',
    observed: true,
    ...more,
  };
}

/** A Node after a change. */
export function changed(node: NodeView, change: NodeChange): Partial<NodeView> {
  const taints = taintsAfter(node.room.taints, change) ?? node.room.taints;
  return {
    annotations: merged(node.annotations, change.annotations),
    labels: merged(node.labels, change.labels),
    unschedulable: change.unschedulable ?? node.unschedulable,
    room: { ...node.room, taints },
  };
}

function merged(
  old: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>> = {},
): Record<string, string> {
  const entries = Object.entries({ ...old, ...change });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

type Watcher = (pods: PodView[]) => void;

/** A cluster in memory, without controllers: what happens besides the calls is up to the test. */
export class FakeCluster implements ClusterApi {
  readonly name = 'fake';
  readonly nodes = new Map<string, NodeView>();
  readonly pods = new Map<string, PodView>();
  readonly daemonSets = new Set<string>();
  readonly events: NodeEvent[] = [];
  /** `namespace/name` */
  readonly leases = new Map<string, LeaseView>();
  budgets: PdbView[] = [];
  /** VolumeAttachments of every node, by name; a volume has the name of its attachment. */
  volumes: string[] = [];
  /** `namespace/claim` → volume. */
  readonly claims = new Map<string, string>();
  /** Writes and evictions in order: `patch a`, `evict shop/web-1`. */
  readonly acts: string[] = [];
  /** How long a pod takes to stop. */
  stopMs = 1_000;
  /** Most evictions that were answered at the same time. */
  mostAtOnce = 0;
  /** null: accepted. */
  onEvict: (pod: PodView, nth: number) => EvictionAnswer | null = () => null;
  /** Called after a pod is gone. */
  onGone: (pod: PodView) => void = () => undefined;
  /** What {@link readObjects} answers. */
  onRead: (objects: ObjectSelection) => readonly unknown[] = () => [];
  /** Set: every read fails with it. */
  trouble: Error | null = null;
  readonly #clock: Clock;
  readonly #watchers = new Map<Watcher, string>();
  readonly #evictions = new Map<string, number>();
  #atOnce = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(...objects: (NodeView | PodView)[]): void {
    for (const object of objects) {
      if ('nodeName' in object) this.pods.set(object.uid, object);
      else this.nodes.set(object.name, object);
    }
    this.#tell();
  }

  change(node: string, change: Partial<NodeView>): void {
    const old = this.nodes.get(node);
    if (old) this.nodes.set(node, { ...old, ...change, resourceVersion: `${Number(old.resourceVersion) + 1}` });
  }

  remove(pod: PodView): void {
    if (this.pods.delete(pod.uid)) this.onGone(pod);
    this.#tell();
  }

  async listNodes(): Promise<NodeView[]> {
    return [...this.nodes.values()];
  }

  async getNode(name: string, signal?: AbortSignal): Promise<NodeView | null> {
    signal?.throwIfAborted();
    if (this.trouble) throw this.trouble;
    return this.nodes.get(name) ?? null;
  }

  async updateNode(name: string, change: (node: NodeView) => NodeChange | null): Promise<NodeView> {
    const node = this.nodes.get(name);
    if (!node) throw fail('node-missing', { message: name });
    const wanted = change(node);
    if (!wanted) return node;
    this.acts.push(`patch ${name}`);
    this.change(name, changed(node, wanted));
    return this.nodes.get(name) ?? node;
  }

  async listPods(namespace: string): Promise<PodView[]> {
    if (this.trouble) throw this.trouble;
    return [...this.pods.values()].filter(pod => namespace === '' || pod.namespace === namespace);
  }

  async listPodsOnNode(node: string, selector = ''): Promise<PodView[]> {
    if (this.trouble) throw this.trouble;
    const wanted = parseLabelSelector(selector);
    return this.#on(node).filter(pod => matchesLabels(wanted, pod.labels));
  }

  async readObjects(objects: ObjectSelection): Promise<readonly unknown[]> {
    if (this.trouble) throw this.trouble;
    return this.onRead(objects);
  }

  async annotateDaemonSet(): Promise<boolean> {
    throw new Error('there are no DaemonSets here');
  }

  async daemonSetExists(namespace: string, name: string): Promise<boolean> {
    return this.daemonSets.has(`${namespace}/${name}`);
  }

  async evictPod(pod: PodView, _options: { gracePeriodSeconds: number }, signal: AbortSignal): Promise<EvictionAnswer> {
    this.#atOnce++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      await this.#clock.sleep(10, signal);
    } finally {
      this.#atOnce--;
    }
    const nth = (this.#evictions.get(pod.uid) ?? 0) + 1;
    this.#evictions.set(pod.uid, nth);
    this.acts.push(`evict ${pod.namespace}/${pod.name}`);
    const answer = this.onEvict(pod, nth);
    if (answer) return answer;
    const now = this.pods.get(pod.uid);
    if (!now) return { kind: 'gone' };
    this.add({ ...now, deletionMs: now.deletionMs ?? this.#clock.now() + 30_000 });
    if (Number.isFinite(this.stopMs)) void this.#clock.sleep(this.stopMs).then(() => this.remove(pod));
    return { kind: 'accepted' };
  }

  deletePod(pod: PodView, options: { gracePeriodSeconds: number }, signal: AbortSignal): Promise<EvictionAnswer> {
    this.acts.push(`delete ${pod.namespace}/${pod.name}`);
    return this.evictPod(pod, options, signal);
  }

  watchPodsOnNode(node: string, onPods: Watcher, signal: AbortSignal): Promise<void> {
    this.#watchers.set(onPods, node);
    onPods(this.#on(node));
    return new Promise(resolve => {
      signal.addEventListener('abort', () => {
        this.#watchers.delete(onPods);
        resolve();
      });
    });
  }

  async listPdbs(): Promise<PdbView[]> {
    return this.budgets;
  }

  async listVolumeAttachments(): Promise<AttachmentView[]> {
    return this.volumes.map(name => ({ name, volume: name }));
  }

  async volumeOfClaim(namespace: string, claim: string): Promise<string | null> {
    return this.claims.get(`${namespace}/${claim}`) ?? null;
  }

  async getLease(namespace: string, name: string): Promise<LeaseView | null> {
    return this.leases.get(`${namespace}/${name}`) ?? null;
  }

  async putLease(namespace: string, name: string, wish: LeaseWish): Promise<LeaseView | null> {
    const seen = this.leases.get(`${namespace}/${name}`);
    if ((seen?.resourceVersion ?? null) !== wish.expected) return null;
    const renewedAtMs = this.#clock.now();
    const { holder, durationSeconds, acquiredAtMs = renewedAtMs } = wish;
    const resourceVersion = `${Number(seen?.resourceVersion ?? 0) + 1}`;
    const lease = { holder, durationSeconds, acquiredAtMs, renewedAtMs, resourceVersion };
    this.leases.set(`${namespace}/${name}`, lease);
    return lease;
  }

  async postEvent(event: NodeEvent): Promise<void> {
    this.events.push(event);
  }

  async canI(): Promise<boolean> {
    return true;
  }

  async serverInfo(): Promise<{ version: string; clockSkewMs: number }> {
    return { version: 'v1.36.2', clockSkewMs: 0 };
  }

  async close(): Promise<void> {}

  #on(node: string): PodView[] {
    return [...this.pods.values()].filter(pod => pod.nodeName === node);
  }

  #tell(): void {
    for (const [watcher, node] of this.#watchers) watcher(this.#on(node));
  }
}
