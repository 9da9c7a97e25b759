import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster, until } from '../../helpers/hand-cluster.ts';
import { kubeconfigFile } from '../../helpers/sim-clients.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let kubeconfig: { path: string; remove(): void };

function kubectl(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, KUBECONFIG: kubeconfig.path, HOME: kubeconfig.path.replace(/config$/, '') };
  return new Promise(resolve => {
    execFile('kubectl', args, { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

const here = await new Promise<boolean>(resolve => {
  execFile('kubectl', ['version', '--client'], error => resolve(error === null));
});
if (!here) console.log('left out: there is no kubectl on this machine');

const rows = (out: string) =>
  out
    .trim()
    .split('\n')
    .map(line => line.split(/\s{2,}/));

describe.skipIf(!here)('kubectl against the simulated API server', () => {
  let test: TestCluster;

  beforeAll(async () => {
    test = await startTestCluster({
      workloads: [
        { kind: 'Deployment', name: 'web', namespace: 'shop', replicas: 3 },
        { kind: 'StatefulSet', name: 'db', namespace: 'data', replicas: 3 },
        { kind: 'DaemonSet', name: 'agent', namespace: 'kube-system' },
      ],
      pdbs: [{ name: 'web', namespace: 'shop', matchLabels: { app: 'web' }, maxUnavailable: 1 }],
      pods: [
        { name: 'naked', node: 'n1', emptyDir: true },
        { name: 'static', namespace: 'kube-system', node: 'n1', mirror: true },
      ],
    });
    kubeconfig = kubeconfigFile(test.api);
  });
  afterAll(async () => {
    kubeconfig.remove();
    await test.close();
  });

  it('shows nodes, pods and budgets', async () => {
    const nodes = await kubectl('get', 'nodes', '-L', 'orch-seq', '--no-headers');
    expect(rows(nodes.out).map(([name, status, roles, , , sequence]) => [name, status, roles, sequence])).toEqual([
      ['n1', 'Ready', 'worker', '1'],
      ['n2', 'Ready', 'worker', '2'],
      ['n3', 'Ready', 'worker', '3'],
    ]);
    const pods = await kubectl('get', 'pods', '-A', '--no-headers', '--field-selector', 'spec.nodeName=n1');
    expect(rows(pods.out).every(([, , ready, status]) => ready === '1/1' && status === 'Running')).toBe(true);
    expect(rows(pods.out).map(([, name]) => name)).toContain('naked');
    const pdb = await kubectl('get', 'pdb', '-n', 'shop', '--no-headers');
    expect(rows(pdb.out)[0]?.slice(0, 4)).toEqual(['web', 'N/A', '1', '1']);
    expect((await kubectl('get', 'pods', '-n', 'nosuch')).err).toContain('No resources found in nosuch namespace');
    expect((await kubectl('get', 'node', 'nosuch')).err).toContain('nodes "nosuch" not found');
  });

  it('drains and uncordons', async () => {
    const refused = await kubectl('drain', 'n1');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('cannot delete DaemonSet-managed Pods');
    expect(refused.err).toContain('Pods with local storage');
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];
    const drained = await kubectl('drain', 'n1', ...flags, '--timeout=60s');
    expect(drained).toMatchObject({ code: 0 });
    expect(drained.out).toContain('node/n1 drained');
    const left = test.api.objects.list('pods').filter(pod => pod.spec?.['nodeName'] === 'n1');
    expect(left.map(pod => pod.metadata.name.replace(/-.{5}$/, '')).toSorted()).toEqual(['agent', 'static']);
    const status = await kubectl('get', 'node', 'n1', '--no-headers');
    expect(rows(status.out)[0]?.[1]).toBe('Ready,SchedulingDisabled');
    expect((await kubectl('uncordon', 'n1')).out).toBe('node/n1 uncordoned\n');
    expect((await kubectl('uncordon', 'n1')).out).toBe('node/n1 already uncordoned\n');
    const acts = test.world.entries.filter(entry => entry.node === 'n1').map(entry => entry.act);
    expect(acts[0]).toBe('cordon');
    expect(acts.at(-1)).toBe('uncordon');
    expect(acts.filter(act => act === 'evict')).toHaveLength(acts.filter(act => act === 'podGone').length);
  });

  it('gives up a drain whose pod has two budgets', async () => {
    test.api.setPdb({ name: 'web-too', namespace: 'shop', matchLabels: { app: 'web' }, minAvailable: 1 });
    const pod = test.api.objects.list('pods', 'shop')[0];
    const node = String(pod?.spec?.['nodeName']);
    const drained = await kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force');
    expect(drained.code).toBe(1);
    expect(drained.err).toContain('This pod has more than one PodDisruptionBudget');
    test.api.removePdb('shop', 'web-too');
    expect((await kubectl('uncordon', node)).code).toBe(0);
  });

  it('drains by deletion, labels, taints and watches', async () => {
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--disable-eviction'];
    expect(await kubectl('drain', 'n2', ...flags)).toMatchObject({ code: 0 });
    expect((await kubectl('uncordon', 'n2')).code).toBe(0);
    expect((await kubectl('label', 'node', 'n2', 'zone=a')).code).toBe(0);
    expect((await kubectl('annotate', 'node', 'n2', 'note=hi')).code).toBe(0);
    expect((await kubectl('taint', 'node', 'n2', 'k=v:NoSchedule')).code).toBe(0);
    expect((await kubectl('taint', 'node', 'n2', 'k=v:NoSchedule-')).code).toBe(0);
    const node = test.api.objects.get('nodes', '', 'n2');
    expect(node?.metadata.labels?.['zone']).toBe('a');
    expect(node?.metadata.annotations?.['note']).toBe('hi');
    expect(node?.spec?.['taints']).toBeUndefined();
    await until(test.api, ['deployments'], () => ready(test) === 3);
    const waited = await kubectl(
      'wait',
      '-n',
      'shop',
      '--for=condition=Ready',
      'pod',
      '-l',
      'app=web',
      '--timeout=20s',
    );
    expect(waited.code).toBe(0);
    expect((await kubectl('delete', 'pod', '-n', 'shop', '-l', 'app=web', '--wait=true')).code).toBe(0);
  });
});

function ready(test: TestCluster): unknown {
  return test.api.objects.get('deployments', 'shop', 'web')?.status?.['readyReplicas'];
}
