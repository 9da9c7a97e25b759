import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimCluster } from '../../../services/simulator/api/types.ts';
import { type Kubectl, type Outcome, openKubectl, whyNoKubectl } from '../../helpers/kubectl.ts';
import { maskedLines, type RecordedCommand, recordedCommands } from '../../helpers/recorded-output.ts';
import { startRecorded } from '../../helpers/recorded-world.ts';
import { selfSigned } from '../../helpers/sim-clients.ts';

// kubectl sends tokens over HTTPS only.
const tls = selfSigned();
const leftOut = whyNoKubectl() ?? (tls === undefined ? 'there is no openssl on this machine' : undefined);
if (leftOut !== undefined) console.log(`left out: ${leftOut}`);

/** The recorded user who may look at nodes and do nothing else. */
const limited = {
  token: 'limited-token',
  name: 'limited',
  uid: 'limited-uid',
  groups: ['viewers'],
  rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['nodes'] }],
};

function expectSame(seen: Outcome, recorded: RecordedCommand): void {
  expect(maskedLines(seen.stderr)).toEqual(maskedLines(recorded.stderr));
  expect(maskedLines(seen.stdout).toSorted()).toEqual(maskedLines(recorded.stdout).toSorted());
  expect(seen.exitCode).toBe(recorded.exitCode);
}

describe.skipIf(leftOut !== undefined)('what kubectl prints', () => {
  let sim: SimCluster;
  const open = new Map<string, Kubectl>();
  const as = (user: string) => open.get(user) as Kubectl;
  beforeAll(async () => {
    sim = await startRecorded({ token: 'root', users: [limited], ...(tls === undefined ? {} : { tls }) });
    for (const user of ['kubernetes-admin', 'limited']) open.set(user, openKubectl(sim, user));
    sim.setUser({ ...limited, name: 'stranger', token: 'never-heard-of' });
    open.set('bad-token', openKubectl(sim, 'stranger'));
    sim.setUser({ ...limited, name: 'stranger', token: 'another' });
  });
  afterAll(async () => {
    for (const kubectl of open.values()) kubectl.remove();
    await sim.close();
  });

  const commandsOf = (recording: string) =>
    recordedCommands(recording).map(recorded => [recorded.argv.join(' '), recorded] as const);

  it.each(commandsOf('rbac-forbidden-403'))('to a user who may only look at nodes: %s', async (_line, recorded) => {
    expectSame(await as('limited').run(recorded.argv.slice(1)), recorded);
  });

  it('to a user whose token nobody knows', async () => {
    const recorded = recordedCommands('unauthorized-401').find(({ identity }) => identity === 'bad-token');
    const seen = await as('bad-token').run(['get', 'nodes']);
    const last = (text = '') => text.trim().split('\n').at(-1);
    expect(last(seen.stderr)).toBe(last(recorded?.stderr));
    expect(seen.exitCode).toBe(1);
  });

  it('of what somebody else may do', async () => {
    const may = (...what: string[]) => as('kubernetes-admin').run(['auth', 'can-i', ...what]);
    expect((await may('create', 'pods', '--subresource=eviction', '-n', 'shop')).stdout).toBe('yes\n');
    const mayLimited = await as('limited').run(['auth', 'can-i', 'create', 'pods', '--subresource=eviction']);
    expect([mayLimited.stdout, mayLimited.exitCode]).toEqual(['no\n', 1]);
    expect((await as('limited').run(['auth', 'can-i', 'get', '/metrics'])).stdout).toBe('no\n');
    expect((await as('limited').run(['auth', 'can-i', 'get', '/healthz'])).stdout).toBe('yes\n');
  });

  it('while it watches nodes that are cordoned and uncordoned', async () => {
    const [recorded] = recordedCommands('watch-nodes-kubectl') as [RecordedCommand];
    const cordon = (unschedulable: true | null) =>
      sim.objects.patch('nodes', '', 'node5', { spec: { unschedulable } }, 'strategic-merge');
    // The header and six nodes; each change is seen twice, the second time with its taint.
    const lines = await as('kubernetes-admin').follow(['get', 'nodes', '-w'], 11, count => {
      if (count === 7) cordon(true);
      if (count === 9) cordon(null);
    });
    expect(maskedLines(lines.join('\n'))).toEqual(maskedLines(recorded.stdout));
  });

  it('of Events, with both of its commands', async () => {
    const event = (name: string, reason: string, message: string) => ({
      metadata: { name, namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'node3', uid: 'node3', apiVersion: 'v1' },
      reason,
      message,
      type: 'Normal',
      source: { component: 'nodetide' },
      firstTimestamp: new Date(Date.now() - 1000).toISOString().replace(/\.\d+/, ''),
      lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      count: 1,
    });
    sim.objects.create('events', { ...event('a', 'RebootScheduled', 'reboot is scheduled'), count: 2 });
    sim.objects.create('events', event('b', 'Rebooted', 'rebooted'));
    for (const recorded of recordedCommands('events-create')) {
      const seen = await as('kubernetes-admin').run(recorded.argv.slice(1));
      const lines = (output: string) => maskedLines(output.replaceAll(/\(x2 over \w+\)/g, '(x2 over 1s)'));
      expect(lines(seen.stdout).toSorted()).toEqual(lines(recorded.stdout).toSorted());
    }
    const described = await as('kubernetes-admin').run(['describe', 'node', 'node3']);
    const events = maskedLines(described.stdout.split('\nEvents:')[1] ?? '');
    expect(events).toContain('Normal Rebooted AGE nodetide rebooted');
  });

  // `apply` and `diff` read what to apply from their input, which was not recorded.
  const written = commandsOf('kubectl-writes').filter(([line]) => !/ -f -| cm /.test(line));
  it.each(written)('when it writes: %s', async (line, recorded) => {
    const seen = await as('kubernetes-admin').run(recorded.argv.slice(1));
    if (!line.includes('rollout status')) return expectSame(seen, recorded);
    // How many steps a rollout is seen to take depends on when one looks.
    const last = (output: string) => output.trim().split('\n').at(-1);
    expect(last(seen.stdout)).toBe(last(recorded.stdout));
    expect(seen.exitCode).toBe(0);
  });
});
