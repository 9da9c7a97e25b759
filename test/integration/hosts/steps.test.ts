import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorldEntry } from '../../../services/simulator/world.ts';
import { checkRebootStep } from '../../../services/workers/steps/check-reboot/step.ts';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import { upgradeStep } from '../../../services/workers/steps/upgrade/step.ts';
import { shellControl } from '../../../shared/control/shell.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import type { NodePolicy } from '../../../shared/domain/policy.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import type { StepName } from '../../../shared/domain/steps.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { PACKAGE_MANAGERS } from '../../../shared/packages/managers.ts';
import type { Step, StepContext, StepOutcome } from '../../../shared/ports/step.ts';
import { httpProbes } from '../../../shared/probes/http.ts';
import { hostOf, nodeOf } from '../../helpers/host-over-ssh.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { type RunningHost, type SshFarm, startSshd } from '../../helpers/sshd.ts';
import { NO_BASELINE, POLICY } from '../../helpers/step-world.ts';

const KERNEL = { name: 'linux-image-6.1.0-2-amd64', from: '6.1.1-1', to: '6.1.2-1', kernel: '6.1.0-2-amd64' };
const TOOL = { name: 'openssl', from: '3.0.1', to: '3.0.2' };
const NAMES = ['whole', 'idle', 'tool', 'broken', 'cut', 'lost', 'mute', 'away'];

const policy: NodePolicy = {
  ...POLICY,
  upgrade: upgradePolicy({ lockWaitMs: 1_000 }),
  reboot: { ...POLICY.reboot, sentinelFiles: ['/var/run/reboot-required'], checks: 'auto' },
};

let farm: SshFarm;
let hosts: SshHosts;
beforeAll(async () => {
  const pending = { whole: [KERNEL, TOOL], tool: [TOOL], broken: [TOOL], cut: [TOOL], lost: [TOOL], mute: [KERNEL] };
  const all: Readonly<Record<string, readonly (typeof TOOL)[]>> = { ...pending, away: [KERNEL] };
  farm = await startSshd({ hosts: NAMES.map((name, at) => ({ name, sequence: at + 1, pending: all[name] ?? [] })) });
});
afterAll(() => farm.stop());
beforeEach(() => {
  hosts = sshHosts();
});
afterEach(() => hosts.close());

/** A node of the farm in its round; memories and proofs stay between steps, as the store keeps them. */
function nodeInRound(name: string, more: Partial<NodePolicy> = {}) {
  const running = farm.hosts.find(host => host.name === name) as RunningHost;
  const memories = new Map<StepName, unknown>();
  const proofs: Partial<Record<StepName, unknown>> = {};
  const log: string[] = [];
  let epoch = 0;
  let changed = more;
  const contextOf = (step: StepName, startedAtMs: number, signal: AbortSignal): StepContext<unknown> => {
    epoch += 1;
    return {
      node: nodeOf(running),
      policy: { ...policy, ...changed },
      round: 1,
      attempt: 1,
      fence: { installation: 'here', rollout: 'r1', node: name, round: 1, epoch },
      host: hostOf(hosts, farm, running),
      cluster: null,
      control: shellControl,
      probes: httpProbes,
      baseline: NO_BASELINE,
      closesAtMs: () => null,
      shutGates: async () => [],
      managers: PACKAGE_MANAGERS,
      clock: { now: () => Date.now(), sleep: ms => new Promise(resolve => setTimeout(resolve, ms)) },
      signal,
      proofs: proofs as Partial<Proofs>,
      attemptStartedAtMs: startedAtMs,
      memory: memories.get(step) ?? null,
      remember: async memory => void memories.set(step, structuredClone(memory)),
      announce: () => undefined,
      guard: async () => undefined,
      beforeWork: async () => undefined,
      beforeDrain: async () => undefined,
      afterDrain: async () => undefined,
      log: text => void log.push(text),
    };
  };
  /** Visits until the step is done, as a worker does. */
  const run = async <S extends StepName>(step: Step<S, never>, signal = new AbortController().signal) => {
    const startedAtMs = Date.now();
    for (;;) {
      const context = contextOf(step.name, startedAtMs, signal);
      const outcome: StepOutcome<S> = await (step as unknown as Step<S>).run(context);
      if (outcome.kind === 'done') {
        proofs[step.name] = outcome.proof;
        return outcome;
      }
      await context.clock.sleep(outcome.afterMs);
    }
  };
  const acts = async () => (await farm.world()).filter(entry => entry.node === name).map(entry => entry.act);
  const giveUp = (step: Step<StepName, never>) =>
    (step as unknown as Step).giveUp(contextOf(step.name, Date.now(), new AbortController().signal));
  const change = (other: Partial<NodePolicy>): void => {
    changed = other;
  };
  return { running, run, acts, log, giveUp, change };
}

const failing = async (run: Promise<unknown>): Promise<Failure> => run.then(() => expect.fail('no failure'), failureOf);

/** Resolves when the world's log has that act of that node. */
async function happened(name: string, act: WorldEntry['act']): Promise<void> {
  while (!(await farm.world()).some(entry => entry.node === name && entry.act === act)) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

describe('upgrade, check-reboot and reboot on hosts behind OpenSSH', () => {
  it('carry a host through a new kernel', async () => {
    const node = nodeInRound('whole');
    const before = await node.running.bootId();
    const upgrade = await node.run(upgradeStep);
    expect(upgrade.proof).toMatchObject({
      manager: 'apt',
      exitCode: 0,
      runningKernel: '6.1.0-1-amd64',
      newestKernel: '6.1.0-2-amd64',
      changes: [
        { name: KERNEL.name, before: KERNEL.from, after: KERNEL.to },
        { name: TOOL.name, before: TOOL.from, after: TOOL.to },
      ],
    });
    expect(node.log.join('')).toContain(`Setting up ${KERNEL.name}`);
    const check = await node.run(checkRebootStep);
    expect(check.proof.evidence.filter(item => item.needed).map(item => item.check)).toEqual([
      'sentinel-file',
      'kernel',
    ]);
    expect(check.note).toContain(`asked for by ${KERNEL.name}`);
    const reboot = await node.run(rebootStep);
    expect(reboot.proof).toMatchObject({
      rebooted: true,
      bootIdBefore: before,
      bootIdAfter: await node.running.bootId(),
    });
    expect((await node.run(checkRebootStep)).proof.needed).toBe(false);
    expect(await node.acts()).toEqual(['upgrade', 'upgraded', 'reboot', 'down', 'up']);
  });

  it('leave a host alone that has nothing to do', async () => {
    const node = nodeInRound('idle');
    expect((await node.run(upgradeStep)).note).toBe('nothing to upgrade: no command was run');
    expect((await node.run(checkRebootStep)).note).toBe('no reboot is due');
    expect((await node.run(rebootStep)).proof.rebooted).toBe(false);
    expect(await node.acts()).toEqual([]);
  });

  it('a recorded success is final: a second run of the step starts nothing', async () => {
    const node = nodeInRound('tool');
    const first = await node.run(upgradeStep);
    await writeFile(join(node.running.root, '../state/pending'), 'openssl 3.0.2 3.0.3\n');
    const second = await node.run(upgradeStep);
    expect(second.proof.changes).toEqual(first.proof.changes);
    expect(await node.acts()).toEqual(['upgrade', 'upgraded']);
  });

  it('a failed upgrade says what failed; a retry runs anew under another id', async () => {
    const node = nodeInRound('broken');
    await node.running.set('upgrade-exit', '100');
    const failure = await failing(node.run(upgradeStep));
    expect(failure).toMatchObject({ code: 'packages-set-up-failed', retryable: false });
    expect(failure.message).toContain('broken-package');
    expect(await node.giveUp(upgradeStep)).toContain('(task r1-broken-1-upgrade-1) ended with exit code 100');
    await node.running.set('upgrade-exit', null);
    expect((await node.run(upgradeStep)).proof).toMatchObject({ exitCode: 0, attached: true });
    expect(await node.acts()).toEqual(['upgrade', 'upgrade', 'upgraded']);
  });

  it('an upgrade cut by a reboot of somebody else is looked at and run anew', async () => {
    const node = nodeInRound('cut');
    await node.running.set('upgrade-seconds', '30');
    const first = node.run(upgradeStep).catch(failureOf);
    await happened('cut', 'upgrade');
    await node.running.rebootByOthers();
    await node.running.set('upgrade-seconds', null);
    const end = await first;
    if ('code' in end) expect(end.retryable).toBe(true);
    expect((await node.run(upgradeStep)).proof.changes).toEqual([
      { name: TOOL.name, before: TOOL.from, after: TOOL.to },
    ]);
    expect(await node.acts()).toEqual(['upgrade', 'down', 'up', 'upgrade', 'upgraded']);
  });

  it('a worker that lets go, or loses the host, upgrades nothing twice', async () => {
    const node = nodeInRound('lost');
    await node.running.set('upgrade-seconds', '1');
    const stop = new AbortController();
    const first = node.run(upgradeStep, stop.signal);
    await happened('lost', 'upgrade');
    stop.abort(new Error('the worker stops'));
    await expect(first).rejects.toThrow('the worker stops');
    expect(await node.giveUp(upgradeStep)).toContain('may still run on the host (task r1-lost-1-upgrade-1)');
    await node.running.stop();
    expect(await failing(node.run(upgradeStep))).toMatchObject({
      // The pooled connection may learn only now that its other end is gone.
      code: expect.stringMatching(/^host-(refused-connection|connection-lost)$/),
      retryable: true,
    });
    await node.running.start();
    const { proof } = await node.run(upgradeStep);
    expect(proof).toMatchObject({ attached: true, exitCode: 0 });
    expect(await node.acts()).toEqual(['upgrade', 'upgraded']);
  });

  it('a reboot that does nothing fails; ordered anew it reboots once', async () => {
    const reboot = { ...policy.reboot, when: 'always' as const, orderValidMs: 1_000 };
    const node = nodeInRound('mute', { reboot: { ...reboot, downTimeoutMs: 2_000 } });
    await node.running.set('reboot-does-nothing', 'yes');
    await node.run(checkRebootStep);
    const failure = await failing(node.run(rebootStep));
    expect(failure).toMatchObject({ code: 'reboot-did-nothing', retryable: false });
    expect(await node.giveUp(rebootStep)).toContain('and not seen done');
    // It obeys a second after the order, or later: first this one comes to nothing.
    await happened('mute', 'reboot');
    await node.running.set('reboot-does-nothing', null);
    node.change({ reboot });
    expect((await node.run(rebootStep)).proof.rebooted).toBe(true);
    expect(await node.acts()).toEqual(['reboot', 'reboot', 'down', 'up']);
  });

  it('a host that never returns fails with what was seen; repaired, the step is done without another order', async () => {
    const reboot = { ...policy.reboot, when: 'always' as const, upTimeoutMs: 3_000 };
    const node = nodeInRound('away', { reboot });
    await node.running.set('never-returns', 'yes');
    await node.run(checkRebootStep);
    const failure = await failing(node.run(rebootStep));
    expect(failure).toMatchObject({ code: 'host-did-not-return', retryable: false });
    expect(failure.seen).toContain('host-refused-connection');
    await node.running.set('never-returns', null);
    const bootIdBefore = await node.running.bootId();
    await node.running.rebootByOthers();
    const done = await node.run(rebootStep);
    expect(done.proof).toMatchObject({ rebooted: true, bootIdBefore });
    expect((await node.acts()).filter(act => act === 'reboot')).toHaveLength(1);
  });
});
