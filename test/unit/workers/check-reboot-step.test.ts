import { expect, it } from 'vitest';
import { checkRebootStep } from '../../../services/workers/steps/check-reboot/step.ts';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import { WORK_ANNOTATION } from '../../../shared/domain/facts.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import type { Step } from '../../../shared/ports/step.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

const step = checkRebootStep as unknown as Step<'check-reboot'>;
const drain = { drained: true, bootId: 'boot-1' } as unknown as Proofs['drain'];
const changed = { changes: [{ name: 'x', before: '1', after: '2' }], exitCode: 0 } as unknown as Proofs['upgrade'];
const always = { ...POLICY, reboot: { ...POLICY.reboot, when: 'always' as const } };

async function drained(): Promise<StepWorld> {
  const world = stepWorld();
  const { installation, rollout, round, epoch } = world.context().fence;
  const mark = JSON.stringify({ installation, rollout, round, epoch, cordonedBefore: false });
  await world.cluster.updateNode('a', () => ({ unschedulable: true, annotations: { [WORK_ANNOTATION]: mark } }));
  return world;
}

it('giving up gives a node back on which nothing was changed; its reboot then drains it anew', async () => {
  const world = await drained();
  expect(await step.giveUp(world.context({ proofs: { drain } }))).toContain('uncordoned again');
  expect(world.cluster.nodes.get('a')?.unschedulable).toBe(false);
  const { done } = await runToEnd(world, checkRebootStep, { proofs: { drain }, policy: always });
  expect(done.proof).toMatchObject({ needed: true, givenBack: true });
  world.memory.kept = null;
  world.host.reboot = async () => {
    expect(world.cluster.nodes.get('a')?.unschedulable).toBe(true);
    world.host.bootId = 'boot-2';
  };
  const proofs = { drain, 'check-reboot': done.proof };
  expect((await runToEnd(world, rebootStep, { proofs, policy: always })).done.proof.rebooted).toBe(true);
});

it('giving up keeps a node on which packages were changed', async () => {
  const world = await drained();
  const said = await step.giveUp(world.context({ proofs: { drain, upgrade: changed } }));
  expect(said).toContain('upgraded (1 packages), not known whether a reboot is due; a is cordoned');
  expect(world.cluster.nodes.get('a')?.unschedulable).toBe(true);
});
