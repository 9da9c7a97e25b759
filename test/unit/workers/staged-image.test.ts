import { beforeEach, describe, expect, it } from 'vitest';
import { upgradeStep } from '../../../services/workers/steps/upgrade/step.ts';
import { verifyStep } from '../../../services/workers/steps/verify/step.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { NodePolicy } from '../../../shared/domain/policy.ts';
import type { Proofs, RebootProof, UpgradeProof } from '../../../shared/domain/proof.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { POLICY, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

const image = (number: number) => ({ id: `${number}`, name: `snapshot ${number}` });
let world: StepWorld;
/** Which images run and come next; null: the host cannot say. */
let images: { booted: number; next: number } | null;
let newer: boolean;

const manager: PackageManager = {
  kind: 'rpm-ostree',
  fits: () => true,
  pendingScript: () => ({ text: 'pending', args: [] }),
  parsePending: () => ({ changes: newer ? [{ name: 'tool', before: '1', after: '2' }] : [], left: [], problems: [] }),
  upgradeScript: () => ({ text: 'upgrade', args: [] }),
  installedScript: () => null,
  parseInstalled: () => new Map(),
  kernelScript: () => null,
  parseKernels: () => ({ expected: null, by: '', newest: null }),
  imageScript: () => ({ text: 'images', args: [] }),
  parseImages: () => images && { booted: image(images.booted), next: image(images.next) },
  explain: () => expect.fail('nothing failed'),
};

beforeEach(() => {
  world = stepWorld();
  images = { booted: 3, next: 3 };
  newer = true;
  world.host.runDetached = async () => {
    images = { booted: 3, next: 4 };
    return { kind: 'exited', exitCode: 0, attached: false, logTail: '' };
  };
});

const context = (proofs: Partial<Proofs> = {}, more: Partial<NodePolicy> = {}) =>
  world.context({
    policy: {
      ...POLICY,
      upgrade: upgradePolicy({ manager: 'rpm-ostree' }),
      verify: { ...POLICY.verify, soakMs: 0 },
      ...more,
    },
    managers: [manager],
    cluster: null,
    proofs,
  }) as never;
const upgraded = async () => {
  const outcome = await upgradeStep.run(context());
  return outcome.kind === 'done' ? outcome : expect.fail('not done');
};

describe('an image that is staged', () => {
  it('is told of by the upgrade', async () => {
    const { proof, note } = await upgraded();
    // This one cannot list packages, so that nothing is known of them.
    expect(proof).toMatchObject({ stagedImage: image(4), changes: [], changesKnown: false });
    expect(note).toBe('what changed cannot be told; snapshot 4 is staged for the reboot');
  });

  it('by somebody else is held to all the same', async () => {
    [newer, images] = [false, { booted: 3, next: 9 }];
    expect((await upgraded()).proof).toMatchObject({ stagedImage: image(9), exitCode: null });
  });

  it('a tool that hangs is not waited for longer than for a check', async () => {
    world.host.run = (script, signal) =>
      script.text === 'images'
        ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
        : Promise.resolve({ exitCode: 0, stdout: 'end\n', stderr: '' });
    const hanging = context({}, { reboot: { ...POLICY.reboot, checkTimeoutMs: 20 } });
    const failure = await Promise.resolve(upgradeStep.run(hanging)).then(() => null, failureOf);
    expect(failure).toMatchObject({ code: 'check-reboot-failed', seen: expect.stringContaining('no answer within') });
  });

  it('a host that cannot say is not passed over', async () => {
    [newer, images] = [false, null];
    const failure = await Promise.resolve(upgradeStep.run(context())).then(() => null, failureOf);
    expect(failure).toMatchObject({ code: 'check-reboot-failed', message: 'rpm-ostree does not say which image runs' });
  });
});

describe('after the reboot', () => {
  const reboot: RebootProof = {
    rebooted: true,
    bootIdBefore: 'boot-0',
    bootIdAfter: 'boot-1',
    downtimeMs: 1,
    byOthers: false,
  };
  const proofs = { reboot, upgrade: { changes: [], exitCode: 0, stagedImage: image(4) } as unknown as UpgradeProof };

  it('the staged image has to run', async () => {
    images = { booted: 4, next: 4 };
    const outcome = await verifyStep.run(context(proofs));
    expect(outcome).toMatchObject({ kind: 'done' });
    if (outcome.kind === 'done')
      expect(outcome.proof.checks).toContainEqual({ check: 'image', detail: 'runs snapshot 4, as staged' });
  });

  it('may bring an older kernel than the old image would have started', async () => {
    images = { booted: 4, next: 4 };
    const kernels = (expected: string) => ({ expected, by: 'grub', newest: expected });
    const older = { ...manager, kernelScript: () => ({ text: 'k', args: [] }), parseKernels: () => kernels('6.1.0-1') };
    const before = { needed: true, evidence: [], bootId: 'boot-0', kernels: kernels('6.1.0-9') };
    const looked = { ...(context({ ...proofs, 'check-reboot': before }) as object), managers: [older] };
    expect(await verifyStep.run(looked as never)).toMatchObject({ kind: 'done' });
  });

  it('one that was rolled back fails at once, with both named', async () => {
    images = { booted: 3, next: 3 };
    const failure = await Promise.resolve(verifyStep.run(context(proofs))).then(() => null, failureOf);
    expect(failure).toMatchObject({
      code: 'verify-wrong-system',
      seen: 'image: runs snapshot 3, staged was snapshot 4',
    });
  });

  it('a host that is never rebooted need not run it', async () => {
    images = { booted: 3, next: 4 };
    const never = { reboot: { ...POLICY.reboot, when: 'never' as const } };
    expect(await verifyStep.run(context(proofs, never))).toMatchObject({ kind: 'done' });
  });
});
