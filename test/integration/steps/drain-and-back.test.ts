import { afterEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import { uncordonStep } from '../../../services/workers/steps/uncordon/step.ts';
import { workMarkOf } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';
import { simSteps } from '../../helpers/sim-steps.ts';
import { POLICY } from '../../helpers/step-world.ts';

let world: SimApiWithClient;
afterEach(() => world.close());

const steps = () => simSteps(world);
const acts = (act: string) => world.world.entries.filter(entry => entry.act === act && entry.node === 'a');
const podsOf = (node: string) =>
  world.sim.objects.list('pods').filter(pod => (pod['spec'] as { nodeName?: string }).nodeName === node);

describe('drain and uncordon over the real client', () => {
  it('moves the pods of a node under its budget, and gives it back', async () => {
    world = await simCluster(['a', 'b'], {
      workloads: [
        { kind: 'Deployment', name: 'web', replicas: 6 },
        { kind: 'StatefulSet', name: 'db', replicas: 2 },
        { kind: 'DaemonSet', name: 'agent' },
      ],
      pdbs: [{ name: 'web', matchLabels: { app: 'web' }, maxUnavailable: 1 }],
    });
    const { run, host } = steps();
    const before = podsOf('a').filter(pod => !pod.metadata.name.startsWith('agent'));
    expect(before.length).toBeGreaterThan(2);
    const proof = await run(drainStep);
    expect(proof).toMatchObject({ drained: true, cordonedByUs: true, bootId: 'boot-a' });
    expect([...proof.evicted].sort()).toEqual(before.map(pod => `default/${pod.metadata.name}`).sort());
    expect(proof.skipped).toMatchObject([{ reason: 'DaemonSet-managed' }]);
    expect(podsOf('a').map(pod => pod.metadata.name.replace(/-.*/, ''))).toEqual(['agent']);
    expect(acts('evict')).toHaveLength(before.length);
    expect(host.owner?.rollout).toBe('r1');

    expect(await run(uncordonStep)).toEqual({ uncordoned: true, finalState: 'schedulable' });
    const node = await world.api.getNode('a', new AbortController().signal);
    expect(node?.unschedulable).toBe(false);
    expect(workMarkOf(node?.annotations ?? {})).toBeNull();
    expect(host.owner).toBeNull();
  });

  it('goes on where an interrupted visit stopped, through trouble of the API', async () => {
    world = await simCluster(['a', 'b'], {
      workloads: [{ kind: 'Deployment', name: 'web', replicas: 8 }],
      pdbs: [{ name: 'web', matchLabels: { app: 'web' }, maxUnavailable: 1 }],
    });
    const { run } = steps();
    const before = podsOf('a').length;
    const controller = new AbortController();
    const stop = world.world.onEntry(entry => {
      if (entry.act === 'evict') controller.abort(new Error('the worker stops'));
    });
    await expect(run(drainStep, { signal: controller.signal })).rejects.toThrow('the worker stops');
    stop();
    world.sim.faults.drop(/POST .*eviction/, 2, 'after');
    world.sim.faults.failRequests(/POST .*eviction/, 500, 2);
    world.sim.faults.cutWatches();
    const proof = await run(drainStep);
    expect(proof).toMatchObject({ drained: true, cordonedByUs: true, cordonedBefore: false });
    expect(podsOf('a')).toEqual([]);
    expect(acts('cordon')).toHaveLength(1);
    expect(new Set(proof.evicted).size).toBe(before);
  });

  it('tells which budgets hold which pods when time is up', async () => {
    world = await simCluster(['a'], {
      workloads: [{ kind: 'Deployment', name: 'web', replicas: 2 }],
      pdbs: [{ name: 'never', matchLabels: { app: 'web' }, maxUnavailable: 0 }],
    });
    const { run } = steps();
    const limits = { ...POLICY.limits, drain: { ...POLICY.limits.drain, timeoutMs: 1_500 } };
    const failure = await run(drainStep, { policy: { ...POLICY, limits } }).catch((error: unknown) => failureOf(error));
    expect(failure).toMatchObject({ code: 'drain-timeout', retryable: false });
    expect('seen' in failure && failure.seen).toContain('budget never never allows a disruption: maxUnavailable is 0');
    expect(acts('podGone')).toEqual([]);
  });

  it('two budgets on a pod, and pods nobody brings back, are named at once', async () => {
    const matchLabels = { app: 'web' };
    world = await simCluster(['a'], {
      workloads: [{ kind: 'Deployment', name: 'web', replicas: 1 }],
      pdbs: [
        { name: 'one', matchLabels, maxUnavailable: 1 },
        { name: 'two', matchLabels, maxUnavailable: 1 },
      ],
      pods: [{ name: 'bare', node: 'a' }],
    });
    const { run } = steps();
    const refused = await run(drainStep).catch((error: unknown) => failureOf(error));
    expect(refused).toMatchObject({ code: 'drain-obstacles', seen: expect.stringContaining('default/bare') as string });
    world.sim.objects.delete('pods', 'default', 'bare');
    await world.world.waitFor(entry => entry.act === 'podGone');
    const impossible = await run(drainStep).catch((error: unknown) => failureOf(error));
    expect(impossible).toMatchObject({
      code: 'drain-impossible',
      seen: expect.stringContaining('2 budgets match it (one, two)') as string,
    });
  });

  it("an administrator's cordon survives it all", async () => {
    world = await simCluster(['a']);
    world.sim.objects.patch('nodes', '', 'a', { spec: { unschedulable: true } });
    const { run } = steps();
    expect(await run(drainStep)).toMatchObject({ cordonedByUs: false, cordonedBefore: true });
    expect(await run(uncordonStep)).toEqual({ uncordoned: false, finalState: 'cordoned by others' });
    const node = await world.api.getNode('a', new AbortController().signal);
    expect(node).toMatchObject({ unschedulable: true });
    expect(workMarkOf(node?.annotations ?? {})).toBeNull();
  });
});
