import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register as doctor } from '../../../services/cli/commands/doctor.ts';
import { register as release } from '../../../services/cli/commands/release.ts';
import { runProgram } from '../../../services/cli/program.ts';
import { nodeLeaseOf, takeNodeLease } from '../../../services/common/node-lease.ts';
import { cordonNode } from '../../../services/workers/common/cordon.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { CordonPolicy } from '../../../shared/domain/policy.ts';
import { openCluster } from '../../../shared/kubernetes/open.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { FakeHost } from '../../helpers/fake-host.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { kubeconfigFile } from '../../helpers/sim-clients.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const signal = new AbortController().signal;
const POLICY: CordonPolicy = {
  unschedulable: true,
  taint: { key: 'example.com/maintenance', value: '', effect: 'NoSchedule' },
  labelsDuring: { 'example.com/away': 'true' },
  labelsAfter: {},
};

const FLEET = `
fleet: acme
stages: [{name: one, clusters: [sim]}]
defaults: {ssh: {user: ops, knownHosts: known_hosts}, waves: [{sequences: [1]}]}
clusters:
  sim:
    kubernetes: {kubeconfig: config, context: sim}
    inventory:
      sources:
        - {kind: kubernetes}
        - {kind: static, overrides: true, nodes: [{name: a, address: 10.0.0.1, sequence: 1}, {name: b, address: 10.0.0.2, sequence: 1}]}
`;

let world: SimApiWithClient;
let kubeconfig: { path: string; remove(): void };
let fleetFile: string;
let hosts: Map<string, FakeHost>;
let wiring: FakeWiring;

beforeEach(async () => {
  world = await simCluster(['a', 'b']);
  kubeconfig = kubeconfigFile(world.sim);
  const folder = dirname(kubeconfig.path);
  fleetFile = join(folder, 'fleet.yaml');
  writeFileSync(fleetFile, FLEET);
  writeFileSync(join(folder, 'known_hosts'), '');
  hosts = new Map(['a', 'b'].map(name => [name, new FakeHost(name, Date.now)]));
  for (const [name, host] of hosts) {
    host.bootId = `boot-${name}`;
    host.answer = () => ({ exitCode: 0, stdout: '0\n', stderr: '' });
  }
  wiring = new FakeWiring(
    new FakeSession(new FakeRollouts(tinyPlan({ stages: { s: { sim: [{ nodes: ['a', 'b'] }] } } }))),
  );
  Object.assign(wiring, {
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    env: { NODETIDE_DATA: join(folder, 'no-redis') },
    connectClusters: async () => openCluster,
    connectHosts: async () => (node: { name: string }) => hosts.get(node.name),
  });
});
afterEach(async () => {
  kubeconfig.remove();
  await world.close();
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { stdout, stderr } = wiring.terminal;
  const [outFrom, errFrom] = [stdout.length, stderr.length];
  const code = await runProgram([doctor, release], wiring, [...args, '-f', fleetFile]);
  return { code, out: stdout.slice(outFrom).join('\n'), err: stderr.slice(errFrom).join('\n') };
}

function nodeOf(name: string) {
  const node = world.sim.objects.get('nodes', '', name);
  return structuredClone({
    annotations: node?.metadata.annotations ?? {},
    labels: node?.metadata.labels,
    spec: node?.['spec'],
  });
}

/** As a rollout leaves a node when everything that could carry it on has died. */
async function away(name: string, rollout = 'r-dead'): Promise<void> {
  const fence = { installation: 'lost', rollout, node: name, round: 1, epoch: 7 };
  await hosts.get(name)?.own({ ...fence, epoch: 9 });
  await cordonNode(world.api, fence, '', signal, POLICY);
}

async function hold(name: string, rollout: string): Promise<void> {
  const policy = { nodeLease: { namespace: 'kube-system', prefix: 'nodetide-node-' } };
  const uid = world.sim.objects.get('nodes', '', name)?.metadata.uid ?? '';
  const lease = nodeLeaseOf(world.api, policy, { name, uid }, { installation: 'lost', rollout });
  if (lease) await takeNodeLease(lease, 3600, Date.now(), signal);
}

describe('nodes a dead rollout has left behind', () => {
  it('are found by doctor, whose command gives each back exactly as it was', async () => {
    world.sim.objects.patch('nodes', '', 'b', { spec: { unschedulable: true } });
    await expect.poll(() => JSON.stringify(nodeOf('b').spec)).toContain('node.kubernetes.io/unschedulable');
    const before = [nodeOf('a'), nodeOf('b')];
    await away('a');
    await away('b');
    const found = await run('doctor', '-o', 'json');
    const finding = JSON.parse(found.out).find((each: { check: string }) => each.check === 'left behind');
    expect(finding).toMatchObject({ verdict: 'warning', where: 'sim' });
    expect(finding.detail).toContain('a, b: rollout r-dead of installation lost, which no Redis asked here knows');
    expect(finding.todo).toBe(`nodetide release a b --cluster sim -f ${fleetFile}`);

    const [, ...words] = finding.todo.replace(` -f ${fleetFile}`, '').split(' ');
    const asked = await run(...words);
    expect(asked).toMatchObject({ code: 4, err: 'nodetide: nobody can be asked here: say --yes' });
    expect(asked.out).toContain('sim/a: rollout r-dead');
    expect(asked.out).toContain('Takes away the mark, the cordon, the taint example.com/maintenance:NoSchedule');
    expect(hosts.get('a')?.owner).not.toBeNull();

    expect(await run(...words, '--yes')).toMatchObject({ code: 0, err: '' });
    await expect.poll(() => [nodeOf('a'), nodeOf('b')]).toEqual(before);
    expect([...hosts.values()].map(host => host.owner)).toEqual([null, null]);
    const events = world.sim.objects.list('events', 'default').filter(event => event['reason'] === 'Released');
    expect(events).toHaveLength(2);
    const again = await run(...words, '--yes');
    expect(again).toMatchObject({ code: 0 });
    expect(again.err).toContain('sim/a: carries no mark of nodetide: there is nothing to release');
    expect((await run('doctor')).out).toContain('no node carries a mark');
  });

  it('are not those of a live rollout: then nothing at all is released', async () => {
    mkdirSync(wiring.env['NODETIDE_DATA'] ?? '');
    await away('a', 'r-1');
    await away('b');
    const before = [nodeOf('a'), nodeOf('b')];
    const refused = await run('release', 'a', 'sim/b', '--yes', '--take-over');
    expect(refused.code).toBe(4);
    expect(refused.err).toContain(
      'refused: sim/a: rollout r-1 is created, the node is pending there; skip the node there',
    );
    expect([nodeOf('a'), nodeOf('b')]).toEqual(before);
    const { out } = await run('doctor');
    expect(out).toContain('No engine carries it on: nodetide run --resume r-1');
  });

  it('are waited for while a Lease says that their installation is alive, unless a person knows better', async () => {
    await away('a');
    await hold('a', 'r-dead');
    const refused = await run('release', 'a', '--yes');
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.err).toContain('or say --take-over if it is surely dead');
    expect(nodeOf('a').spec).toMatchObject({ unschedulable: true });
    expect((await run('doctor')).out).toContain('Wait for it, or if it is surely dead: nodetide release a');

    expect(await run('release', 'a', '--yes', '--take-over')).toMatchObject({ code: 0 });
    expect(nodeOf('a').spec).not.toHaveProperty('unschedulable');
    expect((await world.api.getLease('kube-system', 'nodetide-node-a', signal))?.holder).toBeNull();
  });

  it('whose host does not answer keep their mark, so that the same command can do the rest', async () => {
    await away('a');
    await away('b');
    const dead = hosts.get('a') as FakeHost;
    dead.trouble = fail('host-unreachable', { message: 'no route to a' });
    const half = await run('release', 'a', 'b', '--yes');
    expect(half.code).toBe(1);
    expect(half.err).toContain('sim/a: not released: no route to a (host-unreachable)');
    expect(half.err).toContain('or say --leave-host');
    expect(half.out).toContain('sim/b: released');
    expect(nodeOf('a').annotations).toHaveProperty(['nodetide.io/work']);
    dead.trouble = null;
    expect(await run('release', 'a', '--yes')).toMatchObject({ code: 0 });
    expect(dead.owner).toBeNull();
  });

  it('are released without their host when a person says so', async () => {
    await away('a');
    const host = hosts.get('a') as FakeHost;
    host.trouble = fail('host-unreachable', { message: 'no route to a' });
    expect(await run('release', 'a', '--yes', '--leave-host')).toMatchObject({ code: 0 });
    expect(host.owner).not.toBeNull();
    expect(nodeOf('a').annotations).not.toHaveProperty(['nodetide.io/work']);
  });

  it('a mark that cannot be read is left to a person', async () => {
    world.sim.objects.patch('nodes', '', 'a', { metadata: { annotations: { 'nodetide.io/work': '{' } } });
    expect((await run('release', 'a', '--yes')).err).toContain('kubectl annotate node a nodetide.io/work-');
    expect((await run('doctor')).out).toContain('the mark nodetide.io/work cannot be read');
    expect(nodeOf('a').annotations).toHaveProperty(['nodetide.io/work'], '{');
  });

  it('names that stand for nothing are refused with what was meant', async () => {
    expect((await run('release', 'aa', '--yes')).err).toContain('sim has no Node aa; did you mean a?');
    expect((await run('release', 'simm/a', '--yes')).err).toContain('the fleet has no cluster simm; did you mean sim?');
  });
});
