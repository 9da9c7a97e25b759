import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register as plan } from '../../../services/cli/commands/plan.ts';
import { register as run } from '../../../services/cli/commands/run.ts';
import { runProgram } from '../../../services/cli/program.ts';
import { openSnapshots } from '../../../services/cli/wire/snapshots.ts';
import type { PodView } from '../../../shared/domain/facts.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { clusterWith, nodeView } from '../../helpers/inventory.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const FLEET = `
fleet: acme
stages: [{name: one, clusters: [dev, prod]}]
defaults: {ssh: {user: ops, keyFile: nowhere/key}, waves: [{sequences: [1]}]}
clusters:
  dev: {kubernetes: {kubeconfig: nowhere/config, context: dev}}
  prod: {kubernetes: {kubeconfig: nowhere/config, context: prod}}
`;
const naked = podView('naked', 'a', { controller: null });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflight-'));
  writeFileSync(join(folder, 'fleet.yaml'), FLEET);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes what kubectl would print for node `a` and these pods (by name; `naked` has no controller). */
function snapshot(name: string, ...pods: readonly string[]): string {
  const labels = { 'nodetide.io/sequence': '1' };
  const addresses = [{ type: 'InternalIP', address: name }];
  const status = { addresses, conditions: [{ type: 'Ready', status: 'True' }], allocatable: { cpu: '4', pods: '110' } };
  const nodes = ['a', 'b'].map(node => ({
    kind: 'Node',
    metadata: { name: node, labels: node === 'a' ? labels : {} },
    status: { ...status, addresses: [{ type: 'InternalIP', address: `${name}-${node}` }] },
  }));
  const controller = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', controller: true }];
  const made = pods.map(pod => ({
    kind: 'Pod',
    metadata: { name: pod, namespace: 'shop', ownerReferences: pod === 'naked' ? [] : controller },
    spec: { nodeName: 'a' },
    status: { phase: 'Running' },
  }));
  const budgets = [{ kind: 'PodDisruptionBudget', metadata: { name: 'x', namespace: 'none' } }];
  const file = join(folder, `${name}.json`);
  const only = nodes.map(node => (node.metadata.name === 'b' ? { ...node, metadata: { name: 'b', labels } } : node));
  writeFileSync(file, JSON.stringify({ kind: 'List', items: [...only, ...made, ...budgets] }));
  return file;
}

async function nodetide(args: readonly string[], clusters: Record<string, ClusterApi> = {}) {
  const session = new FakeSession(new FakeRollouts(tinyPlan({ stages: {} })));
  const wiring = new FakeWiring(session);
  wiring.openSnapshots = openSnapshots as never;
  if (Object.keys(clusters).length > 0) {
    const connect = (name: string) => clusters[name] ?? clusterWith(name, []);
    wiring.connectClusters = (() => Promise.resolve(connect)) as never;
  }
  const code = await runProgram([plan, run], wiring, [...args, '-f', join(folder, 'fleet.yaml')]);
  const text = (lines: readonly string[]) => lines.join('\n').replaceAll(`${folder}/`, '');
  const { stdout, stderr } = wiring.terminal;
  return { code, out: text(stdout), err: text(stderr), created: session.rollouts.created.length };
}

describe('nodetide plan --snapshot', () => {
  it('plans without any cluster, key or kubeconfig', async () => {
    const { code, out, err } = await nodetide(['plan', '--cluster', 'prod', '--snapshot', snapshot('prod', 'web')]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Cluster prod: 2 of 2 nodes');
    expect(out).not.toContain('Preflight');
  });

  it('--preflight says what was found, and ends with 4 for a blocker', async () => {
    const file = snapshot('prod', 'web', 'naked');
    const { code, out, err } = await nodetide(['plan', '--preflight', '--cluster', 'prod', '--snapshot', file]);
    expect([code, err]).toEqual([4, 'nodetide: the preflight found 1 blocker']);
    expect(out).toContain('✗ blocker podWithoutController');
    expect(out).toContain('pods shop/naked\n');
  });

  it('takes several clusters, several files of one, and gives all of it as data', async () => {
    const words = [
      `dev=${snapshot('dev', 'web')}`,
      `prod=${snapshot('prod', 'naked')}`,
      `dev=${snapshot('more', 'naked')}`,
    ];
    const { code, out } = await nodetide([
      'plan',
      '--preflight',
      '-o',
      'json',
      ...words.flatMap(word => ['--snapshot', word]),
    ]);
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      plan: { fleet: 'acme' },
      preflight: {
        blockers: 2,
        warnings: 0,
        clusters: [
          { cluster: 'dev', waves: [{ wave: 0, findings: [{ code: 'podWithoutController', pods: ['shop/naked'] }] }] },
          { cluster: 'prod', waves: [{ findings: [{ level: 'block', nodes: ['a'] }] }] },
        ],
      },
    });
  });

  it.each([
    [
      ['--snapshot', 'x.json'],
      '--snapshot x.json: say of which cluster it is, as in --snapshot dev=x.json (there are dev, prod)',
    ],
    [['--snapshot', 'dev=x.json'], 'no snapshot of prod is given: add --snapshot prod=FILE, or narrow with --cluster'],
    [['--cluster', 'prod', '--snapshot', 'nowhere/x.json'], 'the snapshot nowhere/x.json cannot be read: ENOENT'],
  ])('%s ends with 4', async (args, message) => {
    const { code, err } = await nodetide(['plan', ...args]);
    expect(code).toBe(4);
    expect(err).toContain(`nodetide: ${message}`);
  });

  it('ends with 4 and one line for a file that is no snapshot', async () => {
    writeFileSync(join(folder, 'x.json'), 'apiVersion: v1\n');
    const { code, err } = await nodetide(['plan', '--cluster', 'dev', '--snapshot', join(folder, 'x.json')]);
    expect(code).toBe(4);
    expect(err.split('\n')).toEqual([
      'nodetide: x.json is no snapshot: byte 0: a JSON object is expected, there is apiVersion: v1',
      '  Make it anew with kubectl get nodes,pods,pdb,ds,pv,pvc -A -o json > FILE.',
    ]);
  });
});

describe('the API of clusters', () => {
  const cluster = (name: string, pods: readonly PodView[]): ClusterApi => ({
    ...clusterWith(name, [nodeView('a', 1, { addresses: [{ type: 'InternalIP', address: name }] })]),
    listPods: () => Promise.resolve([...pods]),
    listPdbs: () => Promise.resolve([]),
  });
  const both = (pods: readonly PodView[]) => ({ dev: cluster('dev', []), prod: cluster('prod', pods) });
  const reachable = () => {
    writeFileSync(join(folder, 'config'), 'contexts: [{name: dev}, {name: prod}]\n');
    writeFileSync(join(folder, 'key'), '');
    writeFileSync(join(folder, 'known_hosts'), '');
    writeFileSync(
      join(folder, 'fleet.yaml'),
      FLEET.replaceAll('nowhere/', '').replace('user: ops', 'user: ops, knownHosts: known_hosts'),
    );
  };

  it('is asked by plan --preflight', async () => {
    reachable();
    expect(await nodetide(['plan', '--preflight'], both([]))).toMatchObject({ code: 0, err: '' });
    expect(await nodetide(['plan', '--preflight'], both([naked]))).toMatchObject({ code: 4 });
  });

  it('ends plan --preflight with 5 where it does not let us', async () => {
    reachable();
    const forbidden = () => Promise.reject(fail('cluster-forbidden', { message: 'prod: list pods: forbidden' }));
    const clusters = { ...both([]), prod: { ...cluster('prod', []), listPods: forbidden } };
    const { code, err } = await nodetide(['plan', '--preflight'], clusters);
    expect([code, err.split('\n')[0]]).toEqual([5, 'prod: list pods: forbidden']);
  });

  it('with a blocker keeps run from starting anything, unless told otherwise', async () => {
    reachable();
    const refused = await nodetide(['run', '--yes', '--detach'], both([naked]));
    expect(refused).toMatchObject({ code: 4, created: 0 });
    expect(refused.out).toContain('✗ blocker podWithoutController');
    expect(refused.err).toContain(
      'nodetide: the preflight found 1 blocker; nothing was started (--ignore-blockers starts it all the same)',
    );
    const ignored = await nodetide(['run', '--yes', '--detach', '--ignore-blockers'], both([naked]));
    // Past the preflight; no engine runs that could carry it.
    expect(ignored.err).toContain('no engine runs');
  });

  it('with warnings only is told in one line by run', async () => {
    reachable();
    const { err, out } = await nodetide(
      ['run', '--yes', '--detach'],
      both([podView('p', 'a', { emptyDir: true, toleratesCordon: true })]),
    );
    expect(err).toContain('note: the preflight has 1 warning (emptyDirLost); nodetide plan --preflight tells more');
    expect(out).not.toContain('Preflight');
  });
});
