import { type EventBody, type RolloutEvent, SETTLED_STATES } from '../../../../shared/domain/events.ts';
import { nodeKey, splitNodeKey } from '../../../../shared/domain/names.ts';
import { type NodeRecord, newNodeRecord } from '../../../../shared/domain/node-record.ts';
import { type Plan, planClusters } from '../../../../shared/domain/plan.ts';
import type { RolloutMeta } from '../../../../shared/ports/engine-store.ts';

/** A node's record while it is changed. */
export type MutableNode = { -readonly [K in keyof NodeRecord]: NodeRecord[K] };

/** One rollout as the store keeps it, in memory. Names of sets and fields are those of the scripts. */
export class PureState {
  state: RolloutMeta['state'] = 'running';
  nowMs = 1_000_000;
  readonly marks = new Set<string>();
  readonly open = new Map<string, number>();
  /** By `cluster/wave`. */
  readonly concurrency = new Map<string, number>();
  /** By `cluster`, `cluster/wave`, and '' for the rollout. */
  readonly budgets = new Map<string, number>();
  readonly slotNumbers = new Map<string, number>();
  readonly nodes = new Map<string, MutableNode>();
  readonly results = new Set<string>();
  readonly holding = new Map<string, string>();
  readonly waiting = new Map<string, string>();
  readonly failed = new Set<string>();
  readonly pending = new Map<string, Set<string>>();
  readonly claimed = new Map<string, Set<string>>();
  readonly slots = new Map<string, Set<string>>();
  readonly memory = new Map<string, string>();
  readonly journal: RolloutEvent[] = [];

  constructor(plan: Plan) {
    this.budgets.set('', plan.failureBudget);
    for (const cluster of planClusters(plan)) {
      this.claimed.set(cluster.name, new Set());
      if (cluster.failureBudget !== undefined) this.budgets.set(cluster.name, cluster.failureBudget);
      for (const { index, concurrency, failureBudget, nodes } of cluster.waves) {
        const place = `${cluster.name}/${index}`;
        this.concurrency.set(place, concurrency);
        if (failureBudget !== undefined) this.budgets.set(place, failureBudget);
        this.pending.set(place, new Set(nodes.map(node => node.name)));
        this.slots.set(place, new Set());
        for (const node of nodes)
          this.nodes.set(nodeKey(cluster.name, node.name), { ...newNodeRecord(index, node.controlPlane) });
      }
    }
  }

  tell(body: EventBody): void {
    this.journal.push({ ...body, id: `${this.journal.length + 1}-0`, atMs: this.nowMs });
  }

  /** Names of one of the maps of sets; empty: there is none. */
  set(map: ReadonlyMap<string, Set<string>>, name: string): Set<string> {
    return map.get(name) ?? new Set();
  }

  wait(slot: string, cluster: string, wave: number, reasons: readonly string[]): void {
    const text = JSON.stringify(reasons);
    if (this.waiting.get(slot) === text) return;
    this.waiting.set(slot, text);
    this.tell({ type: 'waiting', cluster, wave, slot, reasons });
  }

  stopWaiting(slot: string, cluster: string, wave: number): void {
    if (this.waiting.delete(slot)) this.tell({ type: 'waiting-over', cluster, wave, slot });
  }

  settle(key: string, node: MutableNode, state: 'skipped' | 'excluded' | 'aborted', reason: string): void {
    const { cluster, node: name } = splitNodeKey(key);
    this.set(this.pending, `${cluster}/${node.wave}`).delete(name);
    this.failed.delete(key);
    this.waiting.delete(`node ${key}`);
    Object.assign(node, { state, reason });
    this.tell({ type: `node-${state}`, cluster, node: name, reason });
  }

  beginAnew(key: string, node: MutableNode): void {
    const { cluster, node: name } = splitNodeKey(key);
    const { slot, wave } = node;
    this.failed.delete(key);
    this.set(this.pending, `${cluster}/${wave}`).add(name);
    Object.assign(node, { state: 'pending', slot: '', step: '', attempt: 0, flag: '', retryAsked: false, reason: '' });
    if (slot === '') return;
    this.release(slot, cluster, name);
    this.tell({ type: 'slot-released', cluster, node: name, wave, slot });
  }

  release(slot: string, cluster: string, name: string): void {
    this.holding.delete(slot);
    this.waiting.delete(slot);
    this.set(this.claimed, cluster).delete(name);
  }

  pauseOnceStopped(): boolean {
    const left = [...this.concurrency.keys()].some(place => !this.marks.has(`wave-done:${place}`));
    if (this.state !== 'stopping' || this.open.size > 0 || !left) return false;
    this.state = 'paused';
    this.tell({ type: 'rollout-paused', by: 'nodetide', why: 'stopped: no wave is open' });
    return true;
  }

  /** Why nothing may begin in a wave; null: the budgets over it bear those failed nodes that count. */
  overBudget(cluster: string, wave: number, counts: (key: string, node: MutableNode) => boolean): string | null {
    const failed = [...this.failed].toSorted().flatMap(key => {
      const node = this.nodes.get(key);
      return node && counts(key, node) ? [{ key, node }] : [];
    });
    const inCluster = failed.filter(({ key }) => splitNodeKey(key).cluster === cluster);
    const spent = (place: string, among: typeof failed, words: string): string | null => {
      if (among.length <= (this.budgets.get(place) ?? Number.POSITIVE_INFINITY)) return null;
      return `failure budget spent${words}: ${among.map(({ key }) => key).join(', ')} failed`;
    };
    return (
      spent('', failed, '') ??
      spent(cluster, inCluster, ` in cluster ${cluster}`) ??
      spent(
        `${cluster}/${wave}`,
        inCluster.filter(({ node }) => node.wave === wave),
        ` in wave ${cluster}/${wave + 1}`,
      )
    );
  }

  budgetSpent(cluster: string, wave: number, asking = ''): string | null {
    const own = this.failed.has(asking);
    return this.overBudget(cluster, wave, (key, node) => {
      return !own || (key !== asking && node.state === 'failed' && !node.retryAsked);
    });
  }

  mayGiveBack(cluster: string, wave: number): boolean {
    return this.overBudget(cluster, wave, (_, node) => node.state === 'failed') === null;
  }

  /** Whether a slot holds a node that stands failed. */
  holdsFailed(slot: string): boolean {
    return this.nodes.get(this.holding.get(slot) ?? '')?.state === 'failed';
  }
}

/** Whether a node needs nothing more. */
export function isSettled(node: MutableNode): boolean {
  return SETTLED_STATES.includes(node.state);
}
