import { afterEach, beforeEach, expect, it } from 'vitest';
import { previewDrain } from '../../../services/workers/main.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { DrainPolicy } from '../../../shared/domain/policy.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';
import { addDaemonSet, addPod, NO_FLAGS, OWNERS } from '../../helpers/sim-drain.ts';

let world: SimApiWithClient;
beforeEach(async () => {
  world = await simCluster(['a', 'b']);
});
afterEach(() => world.close());

const preview = async (policy: Partial<DrainPolicy> = {}, node = 'a') => {
  const request = { cluster: world.api, node, policy: { ...NO_FLAGS, ...policy }, nowMs: Date.now() };
  const pods = await previewDrain(request, new AbortController().signal);
  return pods.map(({ verdict, pod, group, reason }) => [verdict, pod, group, reason].filter(Boolean).join(' | '));
};

it('says of each pod what a drain would do, and changes nothing', async () => {
  const { sim } = world;
  const owner = OWNERS.replicaSet;
  addDaemonSet(sim);
  addPod(sim, 'web', { owner });
  addPod(sim, 'db', { owner, emptyDir: true });
  addPod(sim, 'both', { owner });
  addPod(sim, 'agent', { owner: OWNERS.daemonSet });
  addPod(sim, 'naked');
  sim.setPdb({ name: 'db', matchLabels: { app: 'db' }, minAvailable: 1 });
  for (const name of ['one', 'two']) sim.setPdb({ name, matchLabels: { app: 'both' }, maxUnavailable: 1 });
  const before = JSON.stringify([sim.objects.list('pods'), sim.objects.list('nodes').map(node => node['spec'])]);
  const requests = sim.requests.length;
  expect(await preview({ ignoreDaemonSets: true, deleteEmptyDirData: true })).toEqual([
    'obstacle | default/naked | Pods that declare no controller; force evicts them for good',
    expect.stringMatching(/^impossible \| default\/both \| .*more than one PodDisruptionBudget/),
    'wait | default/db | budget db: 0 may go now (1 of 1 healthy, 1 needed); its emptyDir data is deleted',
    'evict | default/web',
    'leave | default/agent | DaemonSet-managed',
  ]);
  expect(JSON.stringify([sim.objects.list('pods'), sim.objects.list('nodes').map(node => node['spec'])])).toBe(before);
  const methods = new Set(
    sim.requests.slice(requests).map(({ method, path }) => `${method} ${path.split('/').at(-1)}`),
  );
  expect([...methods].filter(each => !each.startsWith('GET'))).toEqual(['POST eviction']);
  expect(world.world.entries).toEqual([]);
});

it('goes by the order of the policy', async () => {
  const owner = OWNERS.replicaSet;
  for (const name of ['a-door', 'b-web']) addPod(world.sim, name, { owner, labels: { app: name.slice(2) } });
  const order = [{ kind: 'selector', selector: 'app=door' }] as const;
  expect(await preview({ order })).toEqual([
    'evict | default/b-web | all other pods',
    'evict | default/a-door | pods with app=door',
  ]);
});

it('asks no budget where pods are deleted, and of a node that is not there', async () => {
  addPod(world.sim, 'web', { owner: OWNERS.replicaSet });
  expect(await preview({ disableEviction: true })).toEqual(['evict | default/web | deleted, no budget is asked']);
  expect(world.sim.requests.some(({ method }) => method === 'POST')).toBe(false);
  expect(failureOf(await preview({}, 'nobody').catch((error: unknown) => error)).code).toBe('node-missing');
});
