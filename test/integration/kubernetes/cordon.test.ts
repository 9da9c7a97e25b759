import { afterEach, describe, expect, it } from 'vitest';
import { cordonNode } from '../../../services/workers/common/cordon.ts';
import { releaseNode } from '../../../services/workers/common/release.ts';
import type { CordonPolicy } from '../../../shared/domain/policy.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const signal = new AbortController().signal;
const FENCE = { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: 1 };
const POLICY: CordonPolicy = {
  unschedulable: false,
  taint: { key: 'example.com/maintenance', value: '', effect: 'NoSchedule' },
  labelsDuring: { 'example.com/away': 'true', zone: null },
  labelsAfter: {},
};

let world: SimApiWithClient;
afterEach(() => world.close());

const node = () => world.sim.objects.get('nodes', '', 'a') as { metadata: { labels: object }; spec: object };
const theirs = { key: 'gpu', value: 'yes', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' };

describe('cordon by taint and labels, over the real client', () => {
  it('keeps the taints of others byte for byte, also one that comes between reading and writing', async () => {
    // Nobody but us writes to the node.
    world = await simCluster(['a'], { timings: { heartbeatMs: 600_000 } });
    world.sim.objects.patch('nodes', '', 'a', { metadata: { labels: { zone: 'x' } }, spec: { taints: [theirs] } });
    const before = structuredClone({ labels: node().metadata.labels, spec: node().spec });
    await cordonNode(world.api, FENCE, '', signal, POLICY);
    expect(node().spec).toMatchObject({ taints: [theirs, { key: 'example.com/maintenance', effect: 'NoSchedule' }] });
    expect(node().spec).not.toHaveProperty('unschedulable');
    expect(node().metadata.labels).toMatchObject({ 'example.com/away': 'true' });
    expect(node().metadata.labels).not.toHaveProperty('zone');

    const late = { key: 'late', effect: 'PreferNoSchedule' };
    let reads = 0;
    await world.api.updateNode(
      'a',
      () => {
        if (reads++ === 0) {
          const { taints } = node().spec as { taints: object[] };
          world.sim.objects.patch('nodes', '', 'a', { spec: { taints: [...taints, late] } } as never);
        }
        return { addTaint: { key: 'ours', value: '1', effect: 'NoSchedule' } };
      },
      signal,
    );
    expect(reads).toBe(2);
    expect((node().spec as { taints: object[] }).taints).toEqual([
      theirs,
      { key: 'example.com/maintenance', effect: 'NoSchedule' },
      late,
      { key: 'ours', value: '1', effect: 'NoSchedule' },
    ]);
    world.sim.objects.patch('nodes', '', 'a', {
      spec: { taints: [theirs, { key: 'example.com/maintenance', effect: 'NoSchedule' }] },
    } as never);
    expect(await releaseNode(world.api, FENCE, signal)).toEqual({ uncordoned: true, finalState: 'schedulable' });
    expect({ labels: node().metadata.labels, spec: node().spec }).toEqual(before);
  });

  it('new pods stay off a node that only carries the taint', async () => {
    world = await simCluster(['a', 'b'], { workloads: [{ kind: 'Deployment', name: 'web', replicas: 4 }] });
    await cordonNode(world.api, FENCE, '', signal, POLICY);
    for (const pod of await world.api.listPodsOnNode('a', 'app=web', signal)) {
      await world.api.evictPod(pod, { gracePeriodSeconds: 0 }, signal);
    }
    await expect.poll(() => world.sim.objects.list('pods').filter(onNode('b'))).toHaveLength(4);
  });
});

const onNode = (name: string) => (pod: object) => (pod as { spec: { nodeName?: string } }).spec.nodeName === name;
