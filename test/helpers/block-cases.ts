import type { BlockFacts } from '../../shared/domain/block/analyse.ts';
import type { CauseKind } from '../../shared/domain/block/block.ts';
import type { EvictionSeen } from '../../shared/domain/block/cause.ts';
import { type NodeView, type PdbView, type PodView, WORK_ANNOTATION } from '../../shared/domain/facts.ts';
import { nodeView, pdbView, podView } from './fake-cluster.ts';

export const NOW = 1_000_000_000;
export const OURS = { installation: 'here', rollout: 'r1' };

/** An eviction that does not go through, and the world around it. */
export interface BlockCase {
  readonly name: string;
  readonly kind: CauseKind;
  readonly pod: PodView;
  readonly answer: EvictionSeen;
  readonly facts: BlockFacts;
}

/** A pod of Deployment web. */
export function web(name: string, node: string, more: Partial<PodView> = {}): PodView {
  const labels = { app: 'web', 'pod-template-hash': '5d4f8c7b9' };
  return podView(name, node, {
    labels,
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f8c7b9' },
    ...more,
  });
}

/** A budget over the pods of web. */
export function webBudget(more: Partial<PdbView> = {}): PdbView {
  return pdbView('web', {
    selector: [{ key: 'app', operator: 'in', values: ['web'] }],
    minAvailable: '1',
    desiredHealthy: 1,
    currentHealthy: 1,
    ...more,
  });
}

/** Under the mark of a rollout. */
export function taken(name: string, more: Partial<NodeView> = {}, rollout = 'r1', installation = 'here'): NodeView {
  const mark = JSON.stringify({ installation, rollout, round: 1, epoch: 1, cordonedBefore: false });
  return nodeView(name, { unschedulable: true, annotations: { [WORK_ANNOTATION]: mark }, ...more });
}

export const REFUSED: EvictionSeen = {
  kind: 'refused',
  message: "Cannot evict pod as it would violate the pod's disruption budget.",
  budgets: ['web'],
};
const impossible = (message: string): EvictionSeen => ({ kind: 'impossible', message, budgets: [] });
const pending = (trouble: string) => ({ phase: 'Pending', ready: false, trouble: `Unschedulable: ${trouble}` });
const down = (reason: string) => ({ ready: false, notReadyReason: reason });

const NODES = [taken('n1'), nodeView('n2'), nodeView('n3')];

function blockCase(
  name: string,
  kind: CauseKind,
  world: {
    others?: PodView[];
    pdbs?: PdbView[];
    nodes?: NodeView[] | null;
    pod?: Partial<PodView>;
    answer?: EvictionSeen;
    facts?: Partial<BlockFacts>;
  },
): BlockCase {
  const pod = web('web-1', 'n1', world.pod);
  const { others = [], pdbs = [webBudget()], nodes = NODES, answer = REFUSED } = world;
  return {
    name,
    kind,
    pod,
    answer,
    facts: { pods: [pod, ...others], pdbs, nodes, ours: OURS, nowMs: NOW, ...world.facts },
  };
}

const sibling = (name: string, more: Partial<PodView>, rest: Parameters<typeof blockCase>[2] = {}): BlockCase =>
  blockCase(name, 'siblings-unhealthy', { others: [web('web-2', 'n2', { ready: false, ...more })], ...rest });
const unplaced = (name: string, trouble: string, nodes?: NodeView[]): BlockCase =>
  sibling(name, { ...pending(trouble), nodeName: '' }, nodes ? { nodes } : {});

const NEVER: readonly BlockCase[] = [
  blockCase('maxUnavailable 0', 'budget-never', {
    others: [web('web-2', 'n2'), web('web-3', 'n3')],
    pdbs: [
      webBudget({ minAvailable: null, maxUnavailable: '0', expectedPods: 3, currentHealthy: 3, desiredHealthy: 3 }),
    ],
  }),
  blockCase('minAvailable as many as there are', 'budget-never', {
    others: [web('web-2', 'n2')],
    pdbs: [webBudget({ minAvailable: '2', desiredHealthy: 2, currentHealthy: 2 })],
  }),
  blockCase('minAvailable 100%', 'budget-never', {
    others: [web('web-2', 'n2')],
    pdbs: [webBudget({ minAvailable: '100%', desiredHealthy: 2, currentHealthy: 2 })],
  }),
  blockCase('minAvailable 90% of 5', 'budget-never', {
    others: ['web-2', 'web-3', 'web-4', 'web-5'].map(name => web(name, 'n2')),
    pdbs: [webBudget({ minAvailable: '90%', expectedPods: 5, desiredHealthy: 5, currentHealthy: 5 })],
  }),
  blockCase('a single replica', 'single-replica', { pdbs: [webBudget({ expectedPods: 1 })] }),
  blockCase('neither field set', 'budget-never', { pdbs: [webBudget({ minAvailable: null, expectedPods: 0 })] }),
  blockCase('pods without a scale', 'budget-never', {
    pod: { controller: null },
    pdbs: [webBudget({ minAvailable: null, maxUnavailable: '1', expectedPods: 0 })],
  }),
];

const BUDGETS: readonly BlockCase[] = [
  blockCase('two budgets on a pod', 'several-budgets', {
    pdbs: [webBudget(), webBudget({ name: 'all', selector: [] })],
    answer: impossible(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    ),
  }),
  blockCase('not yet observed', 'budget-not-observed', { pdbs: [webBudget({ observed: false })] }),
  blockCase('gone meanwhile', 'budget-gone', { pdbs: [] }),
  blockCase('free again', 'budget-free', {
    others: [web('web-2', 'n2')],
    pdbs: [webBudget({ currentHealthy: 2, disruptionsAllowed: 1 })],
  }),
  blockCase('another eviction is being counted', 'settling', { others: [web('web-2', 'n2')] }),
  blockCase('pods that are not there', 'pods-missing', {
    pdbs: [
      webBudget({ minAvailable: null, maxUnavailable: '1', expectedPods: 3, desiredHealthy: 2, currentHealthy: 1 }),
    ],
  }),
  blockCase('the pod itself is not ready', 'pod-unhealthy', {
    pod: { ready: false, trouble: 'CrashLoopBackOff in app, 12 restarts, ended last with OOMKilled' },
    others: [web('web-2', 'n2', { ready: false, trouble: 'CrashLoopBackOff in app, 9 restarts' })],
    pdbs: [webBudget({ currentHealthy: 0 })],
  }),
  blockCase('nothing but the refusal could be read', 'not-known', { facts: { pods: null, pdbs: null, nodes: null } }),
];

const SIBLINGS: readonly BlockCase[] = [
  unplaced(
    'pending: no room, while nodes are away',
    '0/4 nodes are available: 3 node(s) were unschedulable, 1 Insufficient cpu. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.',
    [...NODES, taken('n4'), nodeView('n5', { unschedulable: true }), taken('n6', {}, 'r9', 'elsewhere')],
  ),
  unplaced('pending: taints', '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.'),
  unplaced('pending: selector', "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."),
  unplaced('pending: anti-affinity', "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."),
  unplaced('pending: volume', '0/2 nodes are available: 2 node(s) had volume node affinity conflict.'),
  unplaced('pending: words of another scheduler', 'no gang of that size'),
  sibling('crash loop', { trouble: 'CrashLoopBackOff in app, 5 restarts, ended last with Error' }),
  sibling('crash loop, while it runs', { trouble: 'app runs but is not ready, 5 restarts, ended last with Error' }),
  sibling('crash loop, when it has ended', { trouble: 'Error in app, 6 restarts' }),
  sibling('restarted once', { trouble: 'app runs but is not ready, 1 restart, ended last with Error' }),
  sibling('image pull', { phase: 'Pending', trouble: 'ImagePullBackOff in app' }),
  sibling('image pull, tried again', { phase: 'Pending', trouble: 'ErrImagePull in app' }),
  sibling('a container that cannot be made', { phase: 'Pending', trouble: 'CreateContainerConfigError in app' }),
  sibling(
    'on a node this rollout has taken',
    {},
    { nodes: [...NODES.slice(0, 1), taken('n2', down('KubeletNotReady: booting'))] },
  ),
  sibling(
    'on a node somebody else has taken away',
    {},
    { nodes: [taken('n1'), nodeView('n2', { unschedulable: true, ...down('NodeStatusUnknown') })] },
  ),
  sibling(
    'on a node that is not Ready',
    { deletionMs: NOW - 300_000 },
    { nodes: [taken('n1'), nodeView('n2', down('NodeStatusUnknown: Kubelet stopped posting node status.'))] },
  ),
  sibling('on a node that is gone', {}, { nodes: [taken('n1')] }),
  sibling('still starting', { phase: 'Pending' }),
  sibling('runs and is not ready', {}),
  sibling('terminating', { deletionMs: NOW + 20_000 }),
  sibling('held by a finalizer', { deletionMs: NOW - 600_000, finalizers: ['example.com/backup'] }),
  sibling('failed and left lying', { phase: 'Failed', trouble: 'Evicted: The node was low on resource: memory.' }),
  blockCase('many in different trouble', 'siblings-unhealthy', {
    others: [
      ...Array.from({ length: 30 }, (_, index) => web(`web-s${index}`, 'n3', { phase: 'Pending', ready: false })),
      web('web-x', 'n2', { ready: false, trouble: 'CrashLoopBackOff in app, 3 restarts' }),
      ...Array.from({ length: 9 }, (_, index) => web(`web-h${index}`, `m${index}`)),
    ],
    pdbs: [webBudget({ minAvailable: '80%', expectedPods: 41, desiredHealthy: 33, currentHealthy: 10 })],
    nodes: [...NODES, ...Array.from({ length: 9 }, (_, index) => nodeView(`m${index}`))],
  }),
];

const OTHERS: readonly BlockCase[] = [
  blockCase('a busy server', 'server-busy', {
    answer: { kind: 'refused', message: 'too many requests, please try again later', budgets: [] },
  }),
  blockCase('an admission webhook', 'webhook', {
    answer: impossible('admission webhook "guard.example.com" denied the request: backups run until 04:00'),
  }),
  blockCase('words with line ends and controls', 'webhook', {
    answer: impossible('admission webhook "x" denied the request: first\r\n\tthen \u001b[31mred\u0000'),
  }),
  blockCase('no permission', 'forbidden', {
    answer: impossible(
      'pods "web-1" is forbidden: User "ops" cannot create resource "pods/eviction" in API group "" in the namespace "shop"',
    ),
  }),
  blockCase('refused for another reason', 'refused', {
    answer: impossible('poddisruptionbudgets.policy "web" is forbidden: DisruptedPods map too big'),
  }),
  blockCase('a namespace that is being deleted', 'namespace-terminating', {
    answer: { kind: 'namespace-terminating', message: 'is being terminated', budgets: [] },
  }),
  blockCase('stops in its grace period', 'stopping', { pod: { deletionMs: NOW + 30_000 } }),
  blockCase('does not stop', 'stuck', { pod: { deletionMs: NOW - 900_000, finalizers: ['example.com/backup'] } }),
  blockCase('evicted', 'stopping', { answer: { kind: 'accepted', message: '', budgets: [] } }),
];

/** One of each cause and of each trouble of another pod. */
export const BLOCK_CASES: readonly BlockCase[] = [...NEVER, ...BUDGETS, ...SIBLINGS, ...OTHERS];
