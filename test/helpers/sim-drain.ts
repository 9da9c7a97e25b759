import type { SimCluster } from '../../services/simulator/api/types.ts';
import { drainNode } from '../../services/workers/common/drain/drain-node.ts';
import type { DrainMemory } from '../../services/workers/common/drain/memory.ts';
import type { DrainPolicy } from '../../shared/domain/policy.ts';
import type { DrainProof } from '../../shared/domain/proof.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';
import { tinyPolicy } from './plan.ts';

/** kubectl's own defaults: no flag is given. */
export const NO_FLAGS: DrainPolicy = {
  ...tinyPolicy().drain,
  ignoreDaemonSets: false,
  deleteEmptyDirData: false,
};

/** What a drain of the simulated node `a` came to. */
export interface Drained {
  readonly proof: Pick<DrainProof, 'evicted' | 'skipped'>;
  readonly reasons: readonly string[];
  readonly log: string;
}

/** Drains a node, `a` by default, over the real client, visit after visit, as the step does. Rejects with the drain's StepError. */
export async function drainA(
  cluster: ClusterApi,
  policy: Partial<DrainPolicy> = {},
  more: {
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
    readonly memory?: DrainMemory;
    readonly node?: string;
  } = {},
): Promise<Drained> {
  const { timeoutMs = 30_000, signal = new AbortController().signal, node = 'a' } = more;
  const deadlineMs = Date.now() + timeoutMs;
  const reasons: string[] = [];
  let log = '';
  let memory = more.memory ?? null;
  for (let epoch = 1; ; epoch++) {
    const outcome = await drainNode({
      cluster,
      uid: '',
      fence: { installation: 'here', rollout: 'r1', node, round: 1, epoch },
      policy: { ...NO_FLAGS, ...policy },
      clock: systemClock,
      signal,
      deadlineMs,
      memory,
      remember: async kept => {
        memory = kept;
      },
      guard: async () => undefined,
      log: text => {
        log += text;
      },
    });
    if (outcome.kind === 'drained') return { proof: outcome.proof, reasons, log };
    reasons.push(outcome.reason);
    await systemClock.sleep(outcome.afterMs, signal);
  }
}

/** A pod on a node, as plain as its controllers allow. */
export interface PodWish {
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly phase?: 'Running' | 'Succeeded' | 'Failed';
  readonly emptyDir?: boolean;
  readonly mirror?: boolean;
  readonly node?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly graceSeconds?: number;
  /** Instead of the cluster's podStopMs. */
  readonly stopMs?: number;
}

/** Adds a running, Ready pod that no controller of the simulator looks after. */
export function addPod(sim: SimCluster, name: string, wish: PodWish = {}): void {
  const { owner, phase = 'Running', node = 'a', namespace = 'default', labels = { app: name } } = wish;
  // Its state is the test's own business: the kubelet never gets round to starting it.
  const annotations: Record<string, string> = { 'simulator/start-ms': '3600000' };
  if (wish.mirror) annotations['kubernetes.io/config.mirror'] = 'x';
  if (wish.stopMs !== undefined) annotations['simulator/stop-ms'] = String(wish.stopMs);
  const ownerReferences = owner ? [{ ...owner, uid: `uid-${owner.name}`, controller: true }] : [];
  sim.objects.create('pods', {
    metadata: { name, namespace, labels: { ...labels }, annotations, ownerReferences },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: wish.graceSeconds ?? 30,
      containers: [{ name: 'main', image: 'registry.local/app:1' }],
      ...(wish.emptyDir ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
    },
  });
  const conditions = phase === 'Running' ? [{ type: 'Ready', status: 'True' }] : [];
  sim.objects.patch('pods', namespace, name, { status: { phase, conditions } }, 'merge', 'status');
}

export const OWNERS = {
  replicationController: { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc' },
  replicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs' },
  job: { apiVersion: 'batch/v1', kind: 'Job', name: 'job' },
  daemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'ds' },
} as const;

/** A DaemonSet that wants no pod anywhere, so that tests say which there are. */
export function addDaemonSet(sim: SimCluster, name = 'ds'): void {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'main' }] } };
  const spec = { selector: { matchLabels: labels }, template };
  sim.objects.create('daemonsets', { metadata: { name, namespace: 'default' }, spec });
}
