import { afterEach, describe, expect, it } from 'vitest';
import { type Kube, textAt } from '../../../services/simulator/api/object.ts';
import type { SimApiOptions } from '../../../services/simulator/api/types.ts';
import { handMachine, startTestCluster, type TestCluster, until } from '../../helpers/hand-cluster.ts';

let test: TestCluster;
afterEach(() => test.close());

async function start(options: Partial<SimApiOptions> & { names?: readonly string[] } = {}): Promise<TestCluster> {
  test = await startTestCluster(options);
  return test;
}

const node = (name: string) => test.api.objects.get('nodes', '', name) as Kube;
const pods = (namespace?: string) => test.api.objects.list('pods', namespace);
const condition = (object: Kube, type: string) =>
  ((object.status?.['conditions'] ?? []) as { type: string; status: string }[]).find(c => c.type === type)?.status;
const nodeOf = (pod: Kube) => textAt(pod, 'spec', 'nodeName');
const taints = (name: string) =>
  ((node(name).spec?.['taints'] ?? []) as { key: string; effect: string }[]).map(t => `${t.key}:${t.effect}`);
const cordon = (name: string, unschedulable: boolean | null) =>
  test.api.objects.patch('nodes', '', name, { spec: { unschedulable } });

describe('a machine that reboots', () => {
  it('is NotReady after the grace period and comes back with its new facts', async () => {
    await start({
      workloads: [
        { kind: 'DaemonSet', name: 'agent' },
        { kind: 'Deployment', name: 'web', replicas: 3 },
      ],
    });
    test.machine('n1').goDown();
    await until(test.api, ['nodes', 'pods'], () => taints('n1').length === 2);
    expect(condition(node('n1'), 'Ready')).toBe('Unknown');
    expect(taints('n1')).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    const there = () => pods().filter(pod => nodeOf(pod) === 'n1');
    expect(there().length).toBeGreaterThan(1);
    expect(there().every(pod => condition(pod, 'Ready') === 'False')).toBe(true);

    test.machine('n1').boot('6.1.0-38-amd64');
    await until(test.api, ['nodes', 'pods'], () => there().every(pod => condition(pod, 'Ready') === 'True'));
    expect(condition(node('n1'), 'Ready')).toBe('True');
    expect(taints('n1')).toEqual([]);
    expect(node('n1').status?.['nodeInfo']).toMatchObject({ bootID: 'n1-boot-2', kernelVersion: '6.1.0-38-amd64' });
    expect(test.world.entries.map(entry => `${entry.node} ${entry.act}`)).toEqual(['n1 notReady', 'n1 ready']);
  });

  it('keeps its pods Terminating until its kubelet is back', async () => {
    const names = ['before', 'after'];
    await start({ pods: names.map(name => ({ name, node: 'n1' })) });
    test.api.objects.delete('pods', 'default', 'before');
    test.machine('n1').goDown();
    test.api.objects.delete('pods', 'default', 'after');
    await until(test.api, ['nodes'], () => condition(node('n1'), 'Ready') === 'Unknown');
    expect(pods().map(pod => pod.metadata.deletionTimestamp === undefined)).toEqual([false, false]);
    test.machine('n1').boot();
    await until(test.api, ['pods'], () => pods().length === 0);
  });

  it('is not missed when it is back within the grace period', async () => {
    await start({ timings: { notReadyAfterMs: 600_000 } });
    test.machine('n1').goDown();
    test.machine('n1').boot();
    await until(test.api, ['nodes'], () => JSON.stringify(node('n1')).includes('n1-boot-2'));
    expect(condition(node('n1'), 'Ready')).toBe('True');
    expect(test.world.entries).toEqual([]);
  });
});

describe('pods', () => {
  it('stop within a grace that a second delete shortens', async () => {
    await start({ pods: [{ name: 'slow', node: 'n1', stopMs: 600_000, graceSeconds: 600 }] });
    test.api.objects.delete('pods', 'default', 'slow');
    const slow = `${test.api.url}/api/v1/namespaces/default/pods/slow`;
    const answer = (await (await fetch(`${slow}?gracePeriodSeconds=1`, { method: 'DELETE' })).json()) as Kube;
    expect(answer.metadata.deletionGracePeriodSeconds).toBe(1);
    await until(test.api, ['pods'], () => pods().length === 0);
    expect(test.world.entries.map(entry => entry.act)).toEqual(['evict', 'podGone']);
  });

  it('do not go to cordoned nodes, and go when one is uncordoned', async () => {
    await start({ names: ['n1', 'n2'], workloads: [{ kind: 'Deployment', name: 'web', replicas: 2 }] });
    cordon('n1', true);
    cordon('n2', true);
    const old = new Set(pods().map(pod => pod.metadata.name));
    for (const name of old) test.api.objects.delete('pods', 'default', name);
    const fresh = () => pods().filter(pod => !old.has(pod.metadata.name));
    await until(
      test.api,
      ['pods'],
      () => fresh().length === 2 && fresh().every(pod => condition(pod, 'PodScheduled') === 'False'),
    );
    expect(fresh().map(nodeOf)).toEqual(['', '']);
    cordon('n2', null);
    await until(test.api, ['pods'], () => fresh().every(pod => condition(pod, 'Ready') === 'True'));
    expect(new Set(fresh().map(nodeOf))).toEqual(new Set(['n2']));
  });

  it('stay away from a cordon before its taint is there, unless they tolerate it', async () => {
    const more = ['a', 'b'].map(name => ({ name, node: 'n1' }));
    await start({ names: ['n1', 'n2'], pods: more });
    test.api.faults.pause('node-lifecycle');
    cordon('n2', true);
    expect(taints('n2')).toEqual([]);
    const pod = (name: string, tolerations: object[]) => ({
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }], tolerations },
    });
    test.api.objects.create('pods', pod('bold', [{ operator: 'Exists' }]));
    test.api.objects.create('pods', pod('shy', []));
    const place = (name: string) => nodeOf(test.api.objects.get('pods', 'default', name) as Kube);
    await until(test.api, ['pods'], () => place('bold') !== '' && place('shy') !== '');
    expect([place('bold'), place('shy')]).toEqual(['n2', 'n1']);
  });

  it('of a DaemonSet come back on a cordoned node; those of a StatefulSet under their names', async () => {
    await start({
      workloads: [
        { kind: 'DaemonSet', name: 'agent' },
        { kind: 'StatefulSet', name: 'db', replicas: 3 },
      ],
    });
    const db1 = test.api.objects.get('pods', 'default', 'db-1') as Kube;
    const agent = pods().find(pod => pod.metadata.name.startsWith('agent') && nodeOf(pod) === nodeOf(db1)) as Kube;
    cordon(nodeOf(db1), true);
    test.api.objects.delete('pods', 'default', 'db-1');
    test.api.objects.delete('pods', 'default', agent.metadata.name);
    await until(test.api, ['pods'], () => {
      const again = test.api.objects.get('pods', 'default', 'db-1');
      const agents = pods().filter(pod => pod.metadata.name.startsWith('agent'));
      return (
        again !== undefined &&
        again.metadata.uid !== db1.metadata.uid &&
        agents.every(pod => condition(pod, 'Ready') === 'True') &&
        agents.length === 3 &&
        !agents.some(pod => pod.metadata.uid === agent.metadata.uid)
      );
    });
    await until(test.api, ['pods'], () => nodeOf(test.api.objects.get('pods', 'default', 'db-1') as Kube) !== '');
    expect(nodeOf(test.api.objects.get('pods', 'default', 'db-1') as Kube)).not.toBe(nodeOf(db1));
  });

  it('never exceed a node’s capacity', async () => {
    const nodes = ['a', 'b'].map(name => ({ machine: handMachine(name), podCapacity: 2 }));
    await start({ nodes, workloads: [{ kind: 'Deployment', name: 'web', replicas: 6 }] });
    expect(pods().filter(pod => nodeOf(pod) === 'a')).toHaveLength(2);
    expect(pods().filter(pod => nodeOf(pod) === '')).toHaveLength(2);
  });
});

describe('a server in trouble', () => {
  it('fails, hangs and drops what it is told to, and logs its requests', async () => {
    await start();
    const url = `${test.api.url}/api/v1/nodes`;
    test.api.faults.failRequests(/GET \/api\/v1\/nodes/, 503, 1, 7);
    const failed = await fetch(url);
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '7']);
    expect((await fetch(url)).status).toBe(200);
    test.api.faults.drop(/nodes/, 1);
    await expect(fetch(url)).rejects.toThrow();
    test.api.faults.hang(/nodes/, 1);
    const hung = fetch(url).then(
      () => 'answered',
      () => 'cut',
    );
    while (!test.api.requests.slice(3).some(r => r.path.endsWith('nodes'))) await fetch(`${test.api.url}/version`);
    test.api.faults.clear();
    expect(await hung).toBe('cut');
    expect(test.api.requests.map(r => `${r.method} ${r.path} ${r.status}`).slice(0, 2)).toEqual([
      'GET /api/v1/nodes 503',
      'GET /api/v1/nodes 200',
    ]);
  });

  it('does the work of a request whose answer is lost', async () => {
    await start();
    test.api.faults.drop(/^PATCH/, 1, 'after');
    const body = JSON.stringify({ spec: { unschedulable: true } });
    const headers = { 'content-type': 'application/merge-patch+json' };
    await expect(fetch(`${test.api.url}/api/v1/nodes/n1`, { method: 'PATCH', headers, body })).rejects.toThrow();
    expect(node('n1').spec?.['unschedulable']).toBe(true);
  });

  it('leaves nothing behind when its port is taken', async () => {
    await start();
    const port = Number(new URL(test.api.url).port);
    await expect(startTestCluster({ port })).rejects.toThrow('EADDRINUSE');
  });

  it('stops, and starts again on the same port with the same objects', async () => {
    await start();
    const { url } = test.api;
    cordon('n1', true);
    await test.api.stop();
    await expect(fetch(`${url}/version`)).rejects.toThrow();
    await test.api.start();
    const answer = (await (await fetch(`${url}/api/v1/nodes/n1`)).json()) as Kube;
    expect(answer.spec?.['unschedulable']).toBe(true);
  });

  it('answers requests it does not know as the real one does', async () => {
    await start();
    const answer = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
      const response = await fetch(`${test.api.url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return { code: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const json = { 'content-type': 'application/json' };
    const unknown = await fetch(`${test.api.url}/apis/gadgets.io/v1/gadgets`);
    expect([unknown.status, await unknown.text()]).toEqual([404, '404 page not found\n']);
    expect(await answer('GET', '/api/v1/gadgets')).toMatchObject({ code: 404, body: { reason: 'NotFound' } });
    expect(await answer('PATCH', '/api/v1/nodes/n1', json, '{}')).toMatchObject({ code: 415 });
    expect(await answer('POST', '/api/v1/nodes/n1', json, '{}')).toMatchObject({
      code: 405,
      body: { reason: 'MethodNotAllowed' },
    });
    expect(await answer('POST', '/api/v1/namespaces/default/pods', json, '{"metadata":{"name":"x"}}')).toMatchObject({
      code: 422,
      body: { message: 'Pod "x" is invalid: spec.containers: Required value' },
    });
    expect(await answer('GET', '/api/v1/nodes?resourceVersion=99999999')).toMatchObject({ code: 504 });
    expect(await answer('GET', '/api/v1/pods?fieldSelector=spec.nosuch%3D1')).toMatchObject({
      code: 400,
      body: { message: 'field label not supported: spec.nosuch' },
    });
  });
});
