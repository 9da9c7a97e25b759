import { afterEach, describe, expect, it } from 'vitest';
import { conditionIs, conditionOf } from '../../../services/simulator/api/conditions.ts';
import { at, type Kube, listAt, textAt } from '../../../services/simulator/api/object.ts';
import { FATE } from '../../../services/simulator/api/seed-workloads.ts';
import type { SimApiOptions } from '../../../services/simulator/api/types.ts';
import { startTestCluster, type TestCluster, until } from '../../helpers/hand-cluster.ts';

let test: TestCluster;
afterEach(() => test.close());

async function start(options: Partial<SimApiOptions> & { names?: readonly string[] } = {}): Promise<TestCluster> {
  test = await startTestCluster(options);
  return test;
}

const pods = () => test.api.objects.list('pods', 'default');
const job = () => test.api.objects.get('jobs', 'default', 'report') as Kube;
const nodeOf = (pod: Kube) => textAt(pod, 'spec', 'nodeName');
const isReady = (pod: Kube) => conditionIs(pod, 'Ready', 'True');
const remove = (pod: Kube) => test.api.objects.delete('pods', 'default', pod.metadata.name);

describe('a Job', () => {
  it('runs its pods until enough have succeeded, and starts no more', async () => {
    await start({ jobs: [{ name: 'report', active: 3, runMs: 20 }] });
    await until(test.api, ['jobs'], () => conditionIs(job(), 'Complete', 'True'));
    expect(job().status).toMatchObject({ succeeded: 3, ready: 0 });
    expect(job().status).not.toHaveProperty('active');
    expect(pods().map(pod => textAt(pod, 'status', 'phase'))).toEqual(Array(3).fill('Succeeded'));
  });

  it('replaces a pod that is taken away, and counts it as failed', async () => {
    await start({ jobs: [{ name: 'report', active: 1 }] });
    const [first] = pods() as [Kube];
    remove(first);
    await until(test.api, ['jobs'], () => at(job(), 'status', 'failed') === 1 && at(job(), 'status', 'ready') === 1);
    expect(pods().map(pod => pod.metadata.uid)).not.toContain(first.metadata.uid);
    expect(job().status).toMatchObject({ active: 1 });
  });

  it('gives up after too many failures', async () => {
    await start({ jobs: [{ name: 'report', active: 1, runMs: 5, fate: 'fails' }] });
    await until(test.api, ['jobs'], () => conditionIs(job(), 'Failed', 'True'));
    expect(conditionOf(job(), 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
    expect(job().status).toMatchObject({ failed: 7 });
  });
});

describe('a ReplicationController', () => {
  it('replaces its pods, and has a scale for budgets', async () => {
    await start({
      workloads: [{ kind: 'ReplicationController', name: 'old', replicas: 3 }],
      pdbs: [{ name: 'old', matchLabels: { app: 'old' }, maxUnavailable: 1 }],
    });
    const [first] = pods() as [Kube];
    expect(first.metadata.ownerReferences?.[0]).toMatchObject({ apiVersion: 'v1', kind: 'ReplicationController' });
    const pdb = () => test.api.objects.get('poddisruptionbudgets', 'default', 'old')?.status;
    expect(pdb()).toMatchObject({ disruptionsAllowed: 1, expectedPods: 3 });
    remove(first);
    const isGone = () => pods().every(pod => pod.metadata.uid !== first.metadata.uid);
    await until(test.api, ['pods'], () => isGone() && pods().length === 3 && pods().every(isReady));
  });
});

describe('the fate of a pod', () => {
  it('is never to be Ready, or to crash again and again', async () => {
    await start({
      pods: [
        { name: 'slow', fate: 'never-ready' },
        { name: 'broken', fate: 'crash-loop' },
      ],
      speed: 1_000,
    });
    const of = (name: string) => test.api.objects.get('pods', 'default', name) as Kube;
    expect(textAt(of('slow'), 'status', 'phase')).toBe('Running');
    expect([isReady(of('slow')), isReady(of('broken'))]).toEqual([false, false]);
    const status = () => listAt(of('broken'), 'status', 'containerStatuses')[0];
    expect(status()?.['state']).toMatchObject({ waiting: { reason: 'CrashLoopBackOff' } });
    await until(test.api, ['pods'], () => Number(status()?.['restartCount']) >= 3);
  });

  it('changes with its annotation', async () => {
    await start({ workloads: [{ kind: 'Deployment', name: 'web', replicas: 1 }] });
    const pod = () => pods()[0] as Kube;
    const annotate = (fate: string | null) =>
      test.api.objects.patch('pods', 'default', pod().metadata.name, { metadata: { annotations: { [FATE]: fate } } });
    annotate('never-ready');
    await until(test.api, ['pods'], () => !isReady(pod()));
    annotate(null);
    await until(test.api, ['pods'], () => isReady(pod()));
    const deployment = () => test.api.objects.get('deployments', 'default', 'web');
    await until(test.api, ['deployments'], () => at(deployment(), 'status', 'readyReplicas') === 1);
  });
});

describe('the scheduler', () => {
  it('keeps pods with anti-affinity on nodes of their own, and says why one has none', async () => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    await start({ workloads: [{ kind: 'Deployment', name: 'db', replicas: 3, affinity }] });
    expect(new Set(pods().map(nodeOf)).size).toBe(3);
    const [first] = pods() as [Kube];
    const home = nodeOf(first);
    test.api.objects.patch('nodes', '', home, { spec: { unschedulable: true } });
    remove(first);
    const pending = () => pods().find(pod => nodeOf(pod) === '');
    await until(test.api, ['pods'], () => conditionOf(pending() ?? first, 'PodScheduled')?.['status'] === 'False');
    expect(conditionOf(pending() as Kube, 'PodScheduled')?.['message']).toBe(
      "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match pod anti-affinity rules.",
    );
    const events = test.api.objects.list('events', 'default').map(event => event['reason']);
    expect(events).toContain('FailedScheduling');
    test.api.objects.patch('nodes', '', home, { spec: { unschedulable: null } });
    await until(test.api, ['pods'], () => pods().length === 3 && pods().every(isReady));
  });

  it('gives room that becomes free to the pod of the highest priority', async () => {
    await start({
      names: ['n1'],
      workloads: [{ kind: 'Deployment', name: 'full', replicas: 1, requests: { cpu: '30' } }],
      pods: [
        { name: 'low', requests: { cpu: '20' } },
        { name: 'high', requests: { cpu: '20' }, priorityClassName: 'system-cluster-critical' },
      ],
    });
    expect(pods().filter(pod => nodeOf(pod) === '')).toHaveLength(2);
    const of = (name: string) => test.api.objects.get('pods', 'default', name) as Kube;
    expect(of('high').spec?.['priority']).toBe(2_000_000_000);
    test.api.objects.delete('deployments', 'default', 'full');
    await until(test.api, ['pods'], () => nodeOf(of('high')) !== '');
    expect(nodeOf(of('low'))).toBe('');
  });
});

describe('Events of a node', () => {
  it('tell of its cordon, its reboot and its readiness', async () => {
    await start();
    test.api.objects.patch('nodes', '', 'n1', { spec: { unschedulable: true } });
    test.machine('n1').goDown();
    await until(test.api, ['nodes'], () => !isReady(test.api.objects.get('nodes', '', 'n1') as Kube));
    test.machine('n1').boot();
    await until(test.api, ['nodes'], () => isReady(test.api.objects.get('nodes', '', 'n1') as Kube));
    const told = test.api.objects
      .list('events', 'default')
      .filter(event => at(event, 'involvedObject', 'name') === 'n1');
    const order = (one: Kube, other: Kube) => (one.metadata.name < other.metadata.name ? -1 : 1);
    expect(
      told.toSorted(order).map(event => `${textAt(event, 'source', 'component')} ${textAt(event, 'reason')}`),
    ).toEqual([
      'node-controller RegisteredNode',
      'kubelet NodeNotSchedulable',
      'node-controller NodeNotReady',
      'kubelet Rebooted',
      'kubelet NodeReady',
    ]);
  });
});
