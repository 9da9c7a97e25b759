import { expect, it } from 'vitest';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import { POLICY, runToEnd, stepWorld } from '../../helpers/step-world.ts';

it('a host that never answers whether it took the order is not asked for ever, and no command is run', async () => {
  const world = stepWorld();
  let asked = 0;
  world.host.reboot = async () => {
    if (++asked > 50) return expect.fail('asked without an end');
    await world.clock.sleep(60_000);
    throw fail('host-timeout', { message: 'no answer' });
  };
  const checked = { needed: true, evidence: [{ check: 'kernel', needed: true, detail: 'newer' }], bootId: 'boot-1' };
  const more = {
    cluster: null,
    control: { run: () => expect.fail('the command was run') },
    proofs: { 'check-reboot': checked } as Partial<Proofs>,
    policy: { ...POLICY, reboot: { ...POLICY.reboot, controlCommand: 'power cycle' } },
  };
  const failure = await runToEnd(world, rebootStep, more).then(() => null, failureOf);
  expect(failure).toMatchObject({
    code: 'reboot-did-nothing',
    seen: expect.stringContaining('steps.reboot.timeout has passed'),
  });
});
