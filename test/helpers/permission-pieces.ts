import { giveNodeLease, nodeLeaseOf, takeNodeLease } from '../../services/common/node-lease.ts';
import { FactsGatherer } from '../../services/scheduler/facts.ts';
import { Leases } from '../../services/scheduler/leases.ts';
import type { Kube } from '../../services/simulator/api/object.ts';
import { drainStep } from '../../services/workers/steps/drain/step.ts';
import { uncordonStep } from '../../services/workers/steps/uncordon/step.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';
import { until } from './hand-cluster.ts';
import { tinyPlan } from './plan.ts';
import { type SimApiWithClient, simCluster } from './sim-cluster.ts';
import { simSteps } from './sim-steps.ts';
import { userOfManifest } from './sim-users.ts';
import { POLICY } from './step-world.ts';

/** What a rollout does in a cluster, piece by piece, in its order. */
export type Piece = 'lease' | 'claim' | 'node-lease' | 'drain' | 'uncordon' | 'give-back' | 'events';

const HOLDER = { installation: 'here', rollout: 'r1' };
/** A cluster in which a user of this manifest finds something to do for each of its rights. */
export async function permissionWorld(manifest: string): Promise<SimApiWithClient> {
  const world = await simCluster(['a', 'b'], {
    users: [userOfManifest('nodetide', manifest)],
    workloads: [{ kind: 'Deployment', name: 'web', replicas: 2 }],
    pdbs: [{ name: 'web', matchLabels: { app: 'web' }, maxUnavailable: 1 }],
  });
  const { objects } = world.sim;
  // A volume of a pod that stays: it stays attached.
  const labels = { app: 'agent' };
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const spec = { containers: [{ name: 'main', image: 'registry.local/agent:1' }], volumes };
  objects.create('daemonsets', {
    metadata: { name: 'agent', namespace: 'default', labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  objects.create('persistentvolumeclaims', {
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], volumeName: 'pv-1' },
  });
  objects.create('volumeattachments', {
    metadata: { name: 'attached' },
    spec: { attacher: 'csi.example.org', nodeName: 'a', source: { persistentVolumeName: 'pv-1' } },
  });
  await until(world.sim, ['pods'], () => objects.list('pods').filter(isAgent).length === 2);
  return world;
}

function isAgent({ metadata, status }: Kube): boolean {
  return metadata.name.startsWith('agent-') && status?.['phase'] === 'Running';
}

/** Does the pieces one after another. The first that fails, and why; null: none does. */
export async function runPieces(
  world: SimApiWithClient,
  disableEviction = false,
): Promise<{ piece: Piece; why: string } | null> {
  for (const [piece, run] of Object.entries(piecesOf(world, disableEviction)) as [Piece, () => Promise<unknown>][]) {
    try {
      await run();
    } catch (error) {
      const { message, seen } = failureOf(error);
      return { piece, why: `${message}\n${seen}` };
    }
  }
  return null;
}

function piecesOf(world: SimApiWithClient, disableEviction: boolean): Record<Piece, () => Promise<unknown>> {
  const { api } = world;
  const { signal } = new AbortController();
  const cluster = planCluster();
  const steps = simSteps(world);
  const leases = new Leases(() => api, systemClock);
  const facts = new FactsGatherer(
    () => api,
    systemClock,
    async () => Date.now(),
  );
  const { uid = '' } = world.sim.objects.get('nodes', '', 'a')?.metadata ?? {};
  const nodeLease = nodeLeaseOf(api, cluster.policy, { name: 'a', uid }, HOLDER);
  if (!nodeLease) throw new Error('this policy has no Leases of nodes');
  const drain = { ...POLICY.drain, disableEviction, volumeDetachTimeoutMs: 300 };
  const policy = { ...POLICY, drain };
  const event = { node: 'a', uid, type: 'Normal', reason: 'Draining', message: 'draining', by: 'test' } as const;
  return {
    lease: async () => obstacleThrown(await leases.hold(cluster, HOLDER, signal)),
    claim: () => facts.gather(cluster, signal),
    'node-lease': async () => obstacleThrown(await takeNodeLease(nodeLease, 60, Date.now(), signal)),
    drain: () => steps.run(drainStep, { policy }),
    uncordon: () => steps.run(uncordonStep, { policy }),
    'give-back': async () => {
      await giveNodeLease(nodeLease, signal);
      await leases.release(cluster, HOLDER, signal);
    },
    events: async () => {
      await api.postEvent(event, signal);
      await api.postEvent(event, signal);
    },
  };
}

function obstacleThrown(obstacle: string | null): void {
  if (obstacle !== null) throw new Error(obstacle);
}

function planCluster(): PlanCluster {
  const nodeLease = { namespace: 'kube-system', prefix: 'nodetide-node-' };
  const plan = tinyPlan({
    stages: { one: { sim: [{ nodes: ['a'] }] } },
    kubernetes: true,
    cluster: { leaseNamespace: 'kube-system', nodeLease },
  });
  const cluster = plan.stages[0]?.clusters[0];
  if (!cluster) throw new Error('no cluster in the plan');
  return cluster;
}
