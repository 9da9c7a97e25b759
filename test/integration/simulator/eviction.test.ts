import { afterEach, describe, expect, it } from 'vitest';
import { conditionIs } from '../../../services/simulator/api/conditions.ts';
import type { Kube } from '../../../services/simulator/api/object.ts';
import type { SimApiOptions } from '../../../services/simulator/api/types.ts';
import { startTestCluster, type TestCluster, until } from '../../helpers/hand-cluster.ts';

let test: TestCluster;
afterEach(() => test.close());

interface Answer {
  readonly code: number;
  readonly retryAfter: string | null;
  readonly body: { message?: string; reason?: string; details?: { causes?: { reason: string; message: string }[] } };
}

async function evict(name: string, body: object = {}, namespace = 'default', query = ''): Promise<Answer> {
  const response = await fetch(`${test.api.url}/api/v1/namespaces/${namespace}/pods/${name}/eviction${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name, namespace }, ...body }),
  });
  const retryAfter = response.headers.get('retry-after');
  return { code: response.status, retryAfter, body: (await response.json()) as Answer['body'] };
}

const pod = (name: string) => test.api.objects.get('pods', 'default', name);
const pdb = () => test.api.objects.get('poddisruptionbudgets', 'default', 'db') as Kube;
const allowed = () => pdb().status?.['disruptionsAllowed'];

/** A StatefulSet of two under a budget. */
async function start(budget: object, more: Partial<SimApiOptions> = {}): Promise<void> {
  test = await startTestCluster({
    workloads: [{ kind: 'StatefulSet', name: 'db', replicas: 2 }],
    pdbs: [{ name: 'db', matchLabels: { app: 'db' }, ...budget }],
    timings: { podStopMs: 600_000 },
    ...more,
  });
}

const makeUnready = (name: string) =>
  test.api.objects.patch(
    'pods',
    'default',
    name,
    { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    'merge',
    'status',
  );

describe('an eviction', () => {
  it('takes from the budget once a pod, and refuses without Retry-After', async () => {
    await start({ maxUnavailable: 1 });
    expect(await evict('db-0')).toMatchObject({ code: 201, body: { status: 'Success' } });
    expect(conditionIs(pod('db-0') as Kube, 'DisruptionTarget', 'True')).toBe(true);
    expect(pod('db-0')?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 });
    expect((await evict('db-0')).code).toBe(201);
    const refused = await evict('db-1');
    expect(refused).toMatchObject({ code: 429, retryAfter: null });
    expect(refused.body.details?.causes).toEqual([
      { reason: 'DisruptionBudget', message: 'The disruption budget db needs 1 healthy pods and has 1 currently' },
    ]);
    expect(test.world.entries.filter(entry => entry.act === 'evict')).toHaveLength(1);
  });

  it('is charged by the server itself, before any controller looks', async () => {
    await start({ maxUnavailable: 1 });
    test.api.faults.pause('disruption');
    expect((await evict('db-0')).code).toBe(201);
    expect(pdb().status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { 'db-0': expect.any(String) } });
    expect((await evict('db-1')).code).toBe(429);
    test.api.faults.resume('disruption');
    await until(test.api, ['poddisruptionbudgets'], () => pdb().status?.['currentHealthy'] === 1);
    expect(pdb().status?.['disruptedPods']).toBeUndefined();
  });

  it('leaves everything as it is in a dry run, and still says no', async () => {
    await start({ maxUnavailable: 1 });
    expect((await evict('db-0', {}, 'default', '?dryRun=All')).code).toBe(201);
    expect((await evict('db-0', { deleteOptions: { dryRun: ['All'] } })).code).toBe(201);
    expect([allowed(), pod('db-0')?.metadata.deletionTimestamp]).toEqual([1, undefined]);
    test.api.setPdb({ name: 'db', matchLabels: { app: 'db' }, minAvailable: 2 });
    await until(test.api, ['poddisruptionbudgets'], () => allowed() === 0);
    expect((await evict('db-0', {}, 'default', '?dryRun=All')).code).toBe(429);
    expect(test.world.entries).toEqual([]);
  });

  it('is to be retried while a changed budget has not been looked at', async () => {
    await start({ maxUnavailable: 1 });
    test.api.faults.pause('disruption');
    test.api.setPdb({ name: 'db', matchLabels: { app: 'db' }, maxUnavailable: 2 });
    const refused = await evict('db-0');
    expect(refused).toMatchObject({ code: 429, retryAfter: '10' });
    expect(refused.body.details?.causes?.[0]?.message).toBe(
      'The disruption budget db is still being processed by the server.',
    );
    test.api.faults.resume('disruption');
    await until(test.api, ['poddisruptionbudgets'], () => allowed() === 2);
    expect((await evict('db-0')).code).toBe(201);
  });

  it('of a pod that is not Ready follows the budget’s policy', async () => {
    await start({ minAvailable: 2 });
    makeUnready('db-0');
    await until(test.api, ['poddisruptionbudgets'], () => pdb().status?.['currentHealthy'] === 1);
    expect((await evict('db-0')).code).toBe(429);
    test.api.setPdb({ name: 'db', matchLabels: { app: 'db' }, minAvailable: 1 });
    await until(test.api, ['poddisruptionbudgets'], () => pdb().status?.['desiredHealthy'] === 1);
    expect((await evict('db-0')).code).toBe(201);
    expect((await evict('db-1')).code).toBe(429);
  });

  it('of a pod that is not Ready goes at once under AlwaysAllow', async () => {
    await start({ minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    makeUnready('db-0');
    expect((await evict('db-0')).code).toBe(201);
    expect((await evict('db-1')).code).toBe(429);
  });

  it('passes budgets by for pods that have ended or never started', async () => {
    const labels = { app: 'db' };
    await start({ minAvailable: 9 }, { pods: [{ name: 'done', node: 'n1', labels, phase: 'Succeeded' }] });
    expect((await evict('done')).code).toBe(201);
    expect(pod('done')).toBeUndefined();
  });

  it('is refused for good with two budgets, without reason', async () => {
    await start({ maxUnavailable: 1 });
    test.api.setPdb({ name: 'all', matchLabels: {}, maxUnavailable: 1 });
    const { code, body } = await evict('db-0');
    expect(code).toBe(500);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      code: 500,
    });
  });

  it('checks names, preconditions and namespaces', async () => {
    await start({ maxUnavailable: 1 }, { namespaces: [{ name: 'ending', terminating: true }] });
    expect((await evict('nosuch')).body.message).toBe('pods "nosuch" not found');
    expect((await evict('db-0', {}, 'nowhere')).body.message).toBe('namespaces "nowhere" not found');
    expect((await evict('db-0', { metadata: { name: 'other' } })).body.message).toBe(
      'name in URL does not match name in Eviction object',
    );
    expect((await evict('db-0', { deleteOptions: { preconditions: { uid: 'other' } } })).code).toBe(409);
    const ending = await evict('held', {}, 'ending');
    expect([ending.code, ending.body.details?.causes?.[0]?.reason]).toEqual([403, 'NamespaceTerminating']);
  });
});

describe('a budget', () => {
  it.each([
    { budget: { maxUnavailable: 1 }, status: { desiredHealthy: 4, disruptionsAllowed: 1 } },
    { budget: { maxUnavailable: '30%' }, status: { desiredHealthy: 3, disruptionsAllowed: 2 } },
    { budget: { minAvailable: 2 }, status: { desiredHealthy: 2, disruptionsAllowed: 3 } },
    { budget: { minAvailable: '50%' }, status: { desiredHealthy: 3, disruptionsAllowed: 2 } },
    { budget: { minAvailable: 9 }, status: { desiredHealthy: 9, disruptionsAllowed: 0 } },
    { budget: { maxUnavailable: 9 }, status: { desiredHealthy: 0, disruptionsAllowed: 5 } },
  ])('$budget over five pods allows $status.disruptionsAllowed', async ({ budget, status }) => {
    await start(budget, { workloads: [{ kind: 'Deployment', name: 'db', replicas: 5 }] });
    expect(pdb().status).toMatchObject({ ...status, expectedPods: 5, currentHealthy: 5, observedGeneration: 1 });
  });

  it('over a DaemonSet’s pods allows nothing: there is no scale to go by', async () => {
    await start({ maxUnavailable: 1 }, { workloads: [{ kind: 'DaemonSet', name: 'db' }] });
    expect(pdb().status).toMatchObject({ disruptionsAllowed: 0, conditions: [{ reason: 'SyncFailed' }] });
  });
});
