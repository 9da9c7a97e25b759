import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import { upgradeStep } from '../../../services/workers/steps/upgrade/step.ts';
import { verifyStep } from '../../../services/workers/steps/verify/step.ts';
import { readProven } from '../../../shared/domain/baseline.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import type { NodePolicy, UpgradePolicy } from '../../../shared/domain/policy.ts';
import type { UpgradeProof } from '../../../shared/domain/proof.ts';
import type { Baseline, Proven } from '../../../shared/ports/baseline.ts';
import type { PackageManager, Pending, VersionLimit } from '../../../shared/ports/packages.ts';
import type { StepContext } from '../../../shared/ports/step.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { POLICY, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

let world: StepWorld;
/** What is installed, and what the repository has. */
let installed: Map<string, string>;
let offered: Map<string, string>;
let limits: (VersionLimit | null)[];
let proved: { group: string; installed: Record<string, string> }[];
let told: string[];

/** A package manager in memory that keeps to its limit. */
const manager: PackageManager = {
  kind: 'apt',
  fits: () => true,
  pendingScript: (_, limit = null) => ({ text: 'pending', args: [JSON.stringify(limit)] }),
  parsePending: stdout => JSON.parse(stdout) as Pending,
  upgradeScript: (_, limit = null) => ({ text: 'upgrade', args: [JSON.stringify(limit)] }),
  installedScript: () => ({ text: 'installed', args: [] }),
  parseInstalled: stdout => new Map(JSON.parse(stdout) as [string, string][]),
  kernelScript: () => null,
  parseKernels: () => ({ expected: null, by: '', newest: null }),
  explain: () => expect.fail('nothing failed'),
};

const said = (value: unknown) => ({ exitCode: 0, stdout: JSON.stringify(value), stderr: '' });
const limitOf = (text = 'null') => JSON.parse(text) as VersionLimit | null;
const pending = (limit: VersionLimit | null): Pending => {
  const newer = [...offered].filter(([name, version]) => installed.get(name) !== version);
  const may = ([name, version]: [string, string]) =>
    limit?.kind !== 'pin' || limit.versions.includes(`${name} ${version}`);
  const before = (name: string) => installed.get(name) ?? null;
  return {
    changes: newer.filter(may).map(([name, after]) => ({ name, before: before(name), after })),
    left: newer
      .filter(each => !may(each))
      .map(([name, available]) => ({ name, before: before(name) ?? '', available, reason: 'not-proven' })),
    problems: [],
  };
};

beforeEach(() => {
  world = stepWorld();
  installed = new Map([
    ['tool', '1.0'],
    ['lib', '1.0'],
  ]);
  offered = new Map([
    ['tool', '1.1'],
    ['lib', '1.2'],
  ]);
  limits = [];
  proved = [];
  told = [];
  world.host.answer = script => {
    if (script.text === 'pending') return said(pending(limitOf(script.args[0])));
    return script.text === 'installed' ? said([...installed]) : { exitCode: 0, stdout: 'end\n', stderr: '' };
  };
  world.host.runDetached = async task => {
    const limit = limitOf(task.script.args[0]);
    limits.push(limit);
    for (const { name, after } of pending(limit).changes) installed.set(name, after ?? '');
    return { kind: 'exited', exitCode: 0, attached: false, logTail: '' };
  };
});

const earlier: Proven = { versions: readProven(['tool 1.0', 'tool 1.1', 'lib 1.0', 'lib 1.1']), groups: ['debian 12'] };
const baselineOf = (proven: Proven | null, wanted = false): Baseline => ({
  wanted,
  proven: async () => proven,
  prove: async (group, list) => void proved.push({ group, installed: Object.fromEntries(list) }),
});
const context = (baseline: UpgradePolicy['baseline'], proven: Proven | null, more: Partial<NodePolicy> = {}) =>
  world.context({
    policy: { ...POLICY, upgrade: upgradePolicy({ manager: 'apt', baseline }), ...more },
    managers: [manager],
    cluster: null,
    baseline: baselineOf(proven),
    announce: (reason, message, type) => void (type === 'Warning' && told.push(`${reason}: ${message}`)),
  });
const upgrade = async (baseline: UpgradePolicy['baseline'], proven: Proven | null) => {
  const outcome = await upgradeStep.run(context(baseline, proven) as never);
  return outcome.kind === 'done' ? outcome : expect.fail('not done');
};
const failing = async (run: Promise<unknown>): Promise<Failure> => run.then(() => expect.fail('no failure'), failureOf);
const UNPROVEN = 'not proved by an earlier stage: lib 1.2 (proved: 1.0, 1.1)';

describe('a version that no earlier stage proved', () => {
  it.each(['warn', 'off'] as const)('%s: comes', async policy => {
    const { proof, note } = await upgrade(policy, earlier);
    expect(Object.fromEntries(installed)).toEqual({ tool: '1.1', lib: '1.2' });
    expect(limits).toEqual([null]);
    if (policy === 'off') expect([proof.baseline, told]).toEqual([undefined, []]);
    else {
      const unproven = [{ name: 'lib', version: '1.2', proven: ['1.0', '1.1'] }];
      expect(proof.baseline).toEqual({ group: 'debian 12', proved: ['debian 12'], unproven });
      expect(note).toBe(`2 packages changed; ${UNPROVEN}`);
      expect(told).toContain(`UnprovenPackages: ${UNPROVEN}`);
      expect(world.log.join('')).toContain(UNPROVEN);
    }
  });

  it('pin: is left; the command itself is bound to the rest', async () => {
    const { proof, note } = await upgrade('pin', earlier);
    expect(Object.fromEntries(installed)).toEqual({ tool: '1.1', lib: '1.0' });
    // What is installed already need not come.
    expect(limits).toEqual([{ kind: 'pin', versions: ['lib 1.1', 'tool 1.1'] }]);
    expect(proof.left).toEqual([{ name: 'lib', before: '1.0', available: '1.2', reason: 'not-proven' }]);
    expect(note).toBe('1 packages changed; left as they are: lib 1.0 (not-proven)');
    expect(told).toEqual([]);
  });

  it('block: refuses all of it before anything is changed; without that version, the command itself is bound', async () => {
    expect(await failing(upgradeStep.run(context('block', earlier) as never))).toMatchObject({
      code: 'packages-not-proven',
      message: 'no earlier stage proved lib 1.2 (proved: 1.0, 1.1)',
      retryable: false,
    });
    expect([...installed.values(), limits]).toEqual(['1.0', '1.0', []]);
    offered.delete('lib');
    expect((await upgrade('block', earlier)).proof.baseline?.unproven).toEqual([]);
    expect(limits).toEqual([{ kind: 'block', versions: ['lib 1.1', 'tool 1.1'] }]);
  });

  it('block: refused before the drain that is only for work', async () => {
    const more = { drain: { ...POLICY.drain, when: 'if-work' as const } };
    const blocked = { ...context('block', earlier, more), cluster: world.cluster } as never;
    expect(await failing(drainStep.run(blocked))).toMatchObject({ code: 'packages-not-proven' });
    expect(world.cluster.nodes.get('a')?.unschedulable).toBe(false);
  });
});

describe('where nothing can be compared', () => {
  it.each(['warn', 'block', 'pin'] as const)('%s: says so and goes on', async policy => {
    const { proof, note } = await upgrade(policy, { versions: new Map(), groups: ['debian 11', 'ubuntu 24.04'] });
    expect(Object.fromEntries(installed)).toEqual({ tool: '1.1', lib: '1.2' });
    expect(limits).toEqual([null]);
    const proofOf: UpgradeProof['baseline'] = {
      group: 'debian 12',
      proved: ['debian 11', 'ubuntu 24.04'],
      unproven: [],
    };
    expect(proof.baseline).toEqual(proofOf);
    const warning = 'not compared with earlier stages: they proved debian 11, ubuntu 24.04, this host is debian 12';
    expect(note).toBe(`2 packages changed; ${warning}`);
    expect(told).toContain(`UnprovenPackages: ${warning}`);
  });

  it('in the first stage there is nothing to say', async () => {
    const { proof, note } = await upgrade('block', null);
    expect([proof.baseline, note]).toEqual([undefined, '2 packages changed']);
  });
});

describe('what a node proves', () => {
  const verify = (wanted: boolean, more: Partial<StepContext<unknown>> = {}) =>
    verifyStep.run({
      ...context('warn', null, { verify: { ...POLICY.verify, soakMs: 0 } }),
      baseline: baselineOf(null, wanted),
      ...more,
    } as never);

  it('is all that a verified host has, if a later stage asks', async () => {
    expect((await verify(true)).kind).toBe('done');
    expect(proved).toEqual([{ group: 'debian 12', installed: { tool: '1.0', lib: '1.0' } }]);
    expect((await verify(false)).kind).toBe('done');
    expect(proved).toHaveLength(1);
  });

  it('is nothing while a check does not hold', async () => {
    world.host.failedUnits = ['broken.service'];
    expect((await verify(true)).kind).toBe('again');
    expect(proved).toEqual([]);
  });
});
