import { beforeEach, describe, expect, it } from 'vitest';
import { verifyStep } from '../../../services/workers/steps/verify/step.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { NodePolicy } from '../../../shared/domain/policy.ts';
import type { DrainProof, RebootProof } from '../../../shared/domain/proof.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { hostCheck, POLICY, runToEnd, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});

const failing = async (run: Promise<unknown>) =>
  failureOf(
    await run.then(
      () => new Error('no error'),
      error => error,
    ),
  );
const verify = (more = {}) => runToEnd(world, verifyStep, more);
const policy = (change: Partial<NodePolicy>) => ({ policy: { ...POLICY, ...change } });
const rebooted: RebootProof = {
  rebooted: true,
  bootIdBefore: 'boot-0',
  bootIdAfter: 'boot-1',
  downtimeMs: 1,
  byOthers: false,
};
const daemon = (ready: boolean) =>
  podView('agent', 'a', { ready, controller: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' } });

describe('a node that is well', () => {
  it('is done after its soak time', async () => {
    const startMs = world.clock.now();
    const { done, reasons } = await verify({ proofs: { reboot: rebooted } });
    expect(world.clock.now() - startMs).toBeGreaterThanOrEqual(POLICY.verify.soakMs);
    expect(done.proof.soakedMs).toBeGreaterThanOrEqual(POLICY.verify.soakMs);
    expect(done.proof.checks.map(each => each.check)).toEqual([
      'boot',
      'node Ready',
      'heartbeat',
      'kubelet',
      'DaemonSet pods',
      'systemd units',
      'kernel',
      'reboot due',
    ]);
    expect(new Set(reasons).size).toBe(1);
  });

  it('outside Kubernetes is judged by its host alone', async () => {
    const { done } = await verify({ cluster: null });
    expect(done.proof.checks.map(each => each.check)).toEqual(['boot', 'systemd units', 'reboot due']);
  });

  it('to which nothing was done needs one good look only', async () => {
    const drain = { drained: false, failedUnitsBefore: [] };
    const upgrade = { changes: [], exitCode: null };
    const proofs = { drain, upgrade, reboot: { ...rebooted, rebooted: false } } as never;
    const { done } = await verify({ proofs });
    expect(done.proof.soakedMs).toBe(0);
    const ran = { drain, upgrade: { ...upgrade, exitCode: 0 }, reboot: { ...rebooted, rebooted: false } } as never;
    world.memory.kept = null;
    expect((await verify({ proofs: ran })).done.proof.soakedMs).toBeGreaterThanOrEqual(POLICY.verify.soakMs);
  });

  it('that stumbles within the soak time starts it anew', async () => {
    void world.clock.sleep(3_000).then(() => world.cluster.change('a', { ready: false, notReadyReason: 'disk' }));
    void world.clock.sleep(9_000).then(() => world.cluster.change('a', { ready: true, notReadyReason: '' }));
    const startMs = world.clock.now();
    const { reasons } = await verify();
    expect(world.clock.now() - startMs).toBeGreaterThanOrEqual(9_000 + POLICY.verify.soakMs);
    expect(reasons).toContain('not well yet: node Ready');
    expect(world.log.join('')).toContain('not Ready: disk');
  });

  it('says the same while what it sees counts on, and logs what is new', async () => {
    let asked = 0;
    world.host.answer = ({ text }) =>
      text === 'mine'
        ? { exitCode: 1, stdout: `try ${asked++}`, stderr: '' }
        : { exitCode: 0, stdout: 'end\n', stderr: '' };
    const policy = { ...POLICY, verify: { ...POLICY.verify, checks: [hostCheck('mine')] } };
    const reasons = new Set<string>();
    for (let visit = 0; visit < 4; visit++) {
      const outcome = await verifyStep.run(world.context({ policy }) as never);
      if (outcome.kind === 'again') reasons.add(outcome.reason);
    }
    expect([...reasons]).toEqual(['not well yet: check mine']);
    expect(world.log.join('')).toContain('try 0');
  });

  it('that nobody looked at for long starts it anew', async () => {
    const first = await verifyStep.run(world.context({ memory: null }) as never);
    expect(first.kind).toBe('again');
    await world.clock.sleep(100_000);
    const second = await verifyStep.run(world.context() as never);
    expect(second.kind).toBe('again');
  });

  it('that is rebooted between two looks starts it anew', async () => {
    await verifyStep.run(world.context({ memory: null }) as never);
    await world.clock.sleep(POLICY.verify.soakMs);
    world.host.bootId = 'boot-crashed';
    world.cluster.change('a', { bootId: 'boot-crashed', heartbeatMs: world.clock.now() + 10_000 });
    expect(await verifyStep.run(world.context() as never)).toMatchObject({ kind: 'again' });
    await world.clock.sleep(POLICY.verify.soakMs);
    expect(await verifyStep.run(world.context() as never)).toMatchObject({ kind: 'done' });
  });

  it('whose soak would begin anew after the time limit fails, one under way may end', async () => {
    const attemptStartedAtMs = world.clock.now();
    const limitMs = POLICY.limits.verify.timeoutMs;
    await world.clock.sleep(limitMs - 10_000);
    await verifyStep.run(world.context({ attemptStartedAtMs, memory: null }) as never);
    await world.clock.sleep(40_001);
    expect(
      await failing(Promise.resolve(verifyStep.run(world.context({ attemptStartedAtMs }) as never))),
    ).toMatchObject({
      code: 'verify-failed',
      seen: expect.stringContaining('nobody looked at it'),
    });
    world.memory.kept = null;
    await verifyStep.run(world.context({ attemptStartedAtMs }) as never);
    await world.clock.sleep(POLICY.verify.soakMs);
    expect(await verifyStep.run(world.context({ attemptStartedAtMs }) as never)).toMatchObject({ kind: 'done' });
  });

  it('of which an earlier version kept no boot id goes on with its soak', async () => {
    await verifyStep.run(world.context({ memory: null }) as never);
    const { bootId: _, ...earlier } = world.memory.kept as { bootId: string };
    await world.clock.sleep(POLICY.verify.soakMs);
    expect(await verifyStep.run(world.context({ memory: earlier }) as never)).toMatchObject({ kind: 'done' });
  });

  it('polls closely at first, then every 5 s at most', async () => {
    const pauses: number[] = [];
    world.cluster.change('a', { ready: false });
    for (let visit = 0; visit < 15; visit++) {
      const outcome = await verifyStep.run(world.context() as never);
      if (outcome.kind === 'again') pauses.push(outcome.afterMs);
    }
    expect(pauses[0]).toBe(250);
    expect(pauses.at(-1)).toBe(5_000);
  });
});

describe('what does not hold is waited for, then named', () => {
  const cases: [string, string, () => void, object?][] = [
    [
      'a node not Ready',
      'node Ready: not Ready: KubeletNotReady',
      () => world.cluster.change('a', { ready: false, notReadyReason: 'KubeletNotReady' }),
    ],
    [
      'no heartbeat since the boot',
      'heartbeat',
      () => world.cluster.change('a', { heartbeatMs: world.clock.now() - 2_000_000 }),
    ],
    ['a kubelet that reports the old boot', 'kubelet', () => world.cluster.change('a', { bootId: 'boot-0' })],
    ['a kubelet that reports the old kernel', 'kubelet', () => world.cluster.change('a', { kernelVersion: '5.10' })],
    ['a DaemonSet pod not ready', 'shop/agent', () => world.cluster.add(daemon(false))],
    ['a unit that failed anew', 'failed: nginx.service', () => (world.host.failedUnits = ['nginx.service'])],
    [
      'a host that does not answer',
      'host: gone',
      () => (world.host.trouble = fail('host-unreachable', { message: 'gone' })),
    ],
    [
      "a user's command",
      'check check-it: exit code 3: no good',
      () =>
        (world.host.answer = script => ({
          exitCode: script.text === 'check-it' ? 3 : 0,
          stdout: script.text === 'check-it' ? 'no good' : 'end\n',
          stderr: '',
        })),
      policy({ verify: { ...POLICY.verify, checks: [hostCheck('check-it')] } }),
    ],
    [
      'a further reboot due',
      'reboot due: /run/reboot-required exists',
      () => (world.host.answer = () => ({ exitCode: 0, stdout: 'file yes /run/reboot-required\nend\n', stderr: '' })),
    ],
  ];

  it.each(cases)('%s', async (_, seen, spoil, more = {}) => {
    spoil();
    const failure = await failing(verify(more));
    expect(failure).toMatchObject({ code: 'verify-failed', retryable: true });
    expect(failure.seen).toContain(seen);
  });

  it('all of it at once', async () => {
    world.cluster.change('a', { ready: false });
    world.host.failedUnits = ['nginx.service'];
    world.cluster.add(daemon(false));
    const { seen = '' } = await failing(verify());
    expect(seen.split('\n').map(line => line.split(':')[0])).toEqual(['node Ready', 'DaemonSet pods', 'systemd units']);
  });
});

describe('what waiting cannot mend fails at once', () => {
  it('the boot id from before the reboot', async () => {
    const startMs = world.clock.now();
    const failure = await failing(verify({ proofs: { reboot: { ...rebooted, bootIdBefore: 'boot-1' } } }));
    expect(failure).toMatchObject({ code: 'verify-wrong-system', retryable: false });
    expect(world.clock.now()).toBe(startMs);
  });

  it('an older kernel than the newest installed', async () => {
    const manager = {
      kind: 'apt',
      fits: () => true,
      kernelScript: () => ({ text: 'kernels', args: [] }),
      parseKernels: (said: string) => ({ expected: said.trim(), by: 'the newest installed', newest: said.trim() }),
    };
    world.host.answer = script => ({
      exitCode: 0,
      stdout: script.text === 'kernels' ? '6.1.0-2\n' : 'end\n',
      stderr: '',
    });
    const more = { managers: [manager] as never, proofs: { reboot: rebooted } };
    const failure = await failing(verify(more));
    expect(failure).toMatchObject({ code: 'verify-wrong-system' });
    expect(failure.seen).toBe('kernel: runs 6.1.0-1, 6.1.0-2 is expected: the newest installed');
    // A reboot by somebody else before check-reboot is none into what was expected then.
    const early = {
      needed: false,
      evidence: [],
      bootId: 'boot-1',
      kernels: { expected: '5.10', by: '', newest: '6.1.0-1' },
    };
    const back = { ...manager, parseKernels: () => early.kernels };
    const byOthers = { reboot: { ...rebooted, byOthers: true }, 'check-reboot': early };
    await verify({
      ...more,
      managers: [back] as never,
      proofs: byOthers,
      ...policy({ reboot: { ...POLICY.reboot, checks: 'auto' } }),
    });
    world.memory.kept = null;
    // Nobody asked for the kernel of a host that is never rebooted.
    await verify({ ...more, ...policy({ reboot: { ...POLICY.reboot, when: 'never', checks: 'auto' } }) });
  });
});

describe('the OS release', () => {
  const before = (id: string, versionId: string) => ({
    proofs: { drain: { failedUnitsBefore: [], os: { id, versionId } } as unknown as DrainProof },
  });

  it.each([
    ['debian', '12', 'debian 12'],
    ['debian', '11', 'debian 12, before it was debian 11'],
    ['debian', '9', 'debian 12, before it was debian 9'],
    ['debian', '', 'debian 12, before it was debian'],
  ])('after %s %s is as expected', async (id, versionId, detail) => {
    expect((await verify(before(id, versionId))).done.proof.checks).toContainEqual({ check: 'OS release', detail });
  });

  it.each([
    ['debian', '13', 'debian 12, before it was debian 13'],
    ['debian', '12.1', 'debian 12, before it was debian 12.1'],
    ['ubuntu', '12', 'debian 12, before it was ubuntu 12'],
  ])('after %s %s is a wrong one', async (id, versionId, seen) => {
    expect(await failing(verify(before(id, versionId)))).toMatchObject({
      code: 'verify-wrong-system',
      seen: `OS release: ${seen}`,
    });
  });
});

describe('what is no fault of the node', () => {
  it('a unit that had failed before', async () => {
    world.host.failedUnits = ['old.service'];
    const drain = { failedUnitsBefore: ['old.service'] } as unknown as DrainProof;
    await verify({ proofs: { drain } });
  });

  it('a policy that always reboots', async () => {
    await verify(policy({ reboot: { ...POLICY.reboot, when: 'always' } }));
  });

  it('a failure that no waiting mends is passed on', async () => {
    world.host.trouble = fail('host-key-changed', { message: 'another key' });
    expect(await failing(verify())).toMatchObject({ code: 'host-key-changed' });
  });
});
