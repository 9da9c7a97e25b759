import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster, until } from '../../helpers/hand-cluster.ts';
import { userOfManifest } from '../../helpers/sim-users.ts';

const RUNNER = resolve('node_modules/vitest/vitest.mjs');
const MANIFEST = readFileSync('deploy/kubernetes/rbac.yaml', 'utf8');

/** `npm run test:cluster` without its building. */
function testCluster(env: NodeJS.ProcessEnv): Promise<{ code: number; out: string }> {
  const { PATH, HOME } = process.env;
  return new Promise(done => {
    const args = [RUNNER, 'run', '--config', 'vitest.cluster.config.ts'];
    execFile(process.execPath, args, { env: { PATH, HOME, NO_COLOR: '1', ...env } }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), out: out + err });
    });
  });
}

describe('the tests for real clusters, on a simulated one', () => {
  let test: TestCluster;
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-test-cluster-'));
  const file = join(folder, 'kubeconfig');

  beforeAll(async () => {
    test = await startTestCluster({
      token: 'root',
      users: [userOfManifest('nodetide', MANIFEST)],
      workloads: [{ kind: 'Deployment', name: 'bystander', replicas: 6 }],
    });
    const [admin, limited] = [test.api.kubeconfigEntry('admin'), test.api.kubeconfigEntry('limited', 'nodetide')];
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [admin.cluster, limited.cluster],
      users: [admin.user, limited.user],
      contexts: [admin.context, limited.context],
      'current-context': 'admin',
    };
    writeFileSync(file, JSON.stringify(config));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await test.close();
  });

  const changes = () =>
    test.api.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('accessreviews'));

  it('are left out without a KUBECONFIG', async () => {
    const { code, out } = await testCluster({});
    expect(out).toContain('left out: KUBECONFIG names no cluster');
    expect(out).not.toContain('passed');
    expect(code).toBe(0);
  });

  it('touch nothing where no node is labelled for them', async () => {
    const { code, out } = await testCluster({ KUBECONFIG: file });
    expect(out).toContain('left out: no node carries nodetide.io/test=true');
    expect(code).toBe(0);
    expect(changes()).toEqual([]);
  });

  it('pass, touch only the node labelled for them, and leave nothing behind', async () => {
    const { objects } = test.api;
    objects.patch('nodes', '', 'n2', { metadata: { labels: { 'nodetide.io/test': 'true' } } });
    const bystanders = () =>
      objects
        .list('pods', 'default')
        .map(pod => pod.metadata.uid ?? '')
        .toSorted();
    const before = bystanders();
    const { code, out } = await testCluster({ KUBECONFIG: file, NODETIDE_TEST_LIMITED_CONTEXT: 'limited' });
    expect(out).toMatch(/Tests +11 passed \(11\)/);
    expect(code).toBe(0);
    const paths = changes().map(({ method, path }) => `${method} ${path}`);
    expect(paths.filter(path => path.startsWith('PATCH /api/v1/nodes/n2'))).not.toEqual([]);
    expect(paths.filter(path => /nodes\/n[13]/.test(path))).toEqual([]);
    expect(bystanders()).toEqual(before);
    const own = () => objects.list('namespaces').filter(({ metadata }) => metadata.name.startsWith('nodetide-test-'));
    await until(test.api, ['namespaces'], () => own().length === 0);
    expect(objects.list('leases').filter(({ metadata }) => metadata.name.startsWith('nodetide-test-'))).toEqual([]);
    const node = objects.get('nodes', '', 'n2');
    expect(node?.spec?.['unschedulable'] ?? false).toBe(false);
    expect(node?.metadata.annotations ?? {}).not.toHaveProperty('nodetide.io/work');
  });
});
