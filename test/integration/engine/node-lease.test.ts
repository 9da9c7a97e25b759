import { describe, expect, it } from 'vitest';
import { isLive, takeNodeLease } from '../../../services/common/node-lease.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';
import { SeenCluster } from '../../helpers/seen-cluster.ts';
import { simCluster } from '../../helpers/sim-cluster.ts';

const engine = await testEngines();
const signal = new AbortController().signal;
const nodeLease = { namespace: 'medik8s-leases', prefix: 'node-' };
const plan = tinyPlan({
  stages: { dev: { sim: [{ nodes: ['a', 'b'], concurrency: 2 }] } },
  kubernetes: true,
  cluster: { nodeLease },
});

describe('the Lease of a node', () => {
  it('that another tool holds makes the node wait with the reason, without costing its time; then it is ours until the end', async () => {
    const world = await simCluster(['a', 'b']);
    const { api } = world;
    world.sim.objects.create('namespaces', { metadata: { name: nodeLease.namespace } });
    // The Nodes of the plan are the simulated ones.
    const planned = structuredClone(plan);
    for (const node of planned.stages[0]?.clusters[0]?.waves[0]?.nodes ?? []) {
      const uid = world.sim.objects.get('nodes', '', node.name)?.metadata.uid ?? '';
      Object.assign(node, { kubernetes: { uid } });
    }
    const other = { api, ...nodeLease, name: 'node-a', node: { name: 'a', uid: 'x' }, holder: 'node-maintenance' };
    await takeNodeLease(other, 3600, Date.now(), signal);
    const it = await engine({ connectCluster: () => api });
    const steps = new ScriptedSteps();
    const held: (string | null | undefined)[] = [];
    steps.on('*', 'upgrade', async ({ node }) => {
      const lease = await api.getLease(nodeLease.namespace, `node-${node.name}`, signal);
      held.push(isLive(lease, Date.now()) ? lease.holder : null);
      return undefined;
    });
    let beganMs = 0;
    steps.on('a', 'drain', async ({ attemptStartedAtMs }) => {
      beganMs = attemptStartedAtMs;
      return undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(planned);
    const waits = await it.event(id, event => event.type === 'step-waiting');
    expect(waits).toMatchObject({ node: 'a', step: 'drain' });
    expect(JSON.stringify(waits)).toContain("the node's Lease medik8s-leases/node-a is held by node-maintenance");
    expect(steps.acts.filter(act => act.node === 'a')).toEqual([]);
    const freeMs = Date.now();
    const seen = await api.getLease(nodeLease.namespace, 'node-a', signal);
    const given = { holder: null, durationSeconds: 1, expected: seen?.resourceVersion ?? null };
    await api.putLease(nodeLease.namespace, 'node-a', given, signal);

    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    expect(beganMs).toBeGreaterThanOrEqual(freeMs);
    const { installation } = (await it.store.meta(id)) ?? {};
    expect(held).toEqual([`nodetide/${installation}/${id}`, `nodetide/${installation}/${id}`]);
    for (const name of ['a', 'b']) {
      const after = world.sim.objects.get('leases', nodeLease.namespace, `node-${name}`);
      expect(after?.['spec']).not.toHaveProperty('holderIdentity');
      expect(after?.metadata).toMatchObject({ ownerReferences: [{ kind: 'Node', name }] });
    }
    const starts = (await it.store.events(id)).filter(
      event => event.type === 'step-started' && event.node === 'a' && event.step === 'drain',
    );
    expect(starts.length).toBeLessThanOrEqual(2);
    await it.stop();
    await world.close();
  }, 60_000);

  it('a node claimed just before another installation took the cluster is not begun', async () => {
    const world = new SeenCluster(['n1']);
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    await it.scheduler();
    const id = await it.rollout(tinyPlan({ stages: { dev: { sim: [{ nodes: ['n1'] }] } }, kubernetes: true }));
    await it.event(id, event => event.type === 'node-claimed');
    const ours = world.lease;
    world.lease = ours && { ...ours, holder: 'other/r0' };
    await it.worker(steps.steps());
    const waits = await it.event(id, event => event.type === 'step-waiting');
    expect(JSON.stringify(waits)).toContain('cluster sim is not ours: its Lease is held by other/r0');
    expect(steps.acts).toEqual([]);
    world.lease = ours;
    expect((await it.ended(id)).counts).toMatchObject({ done: 1 });
  }, 40_000);
});
