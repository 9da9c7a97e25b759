import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { type Lab, noMachine, said, startLab } from '../helpers/vm/lab.ts';

const verify = { soak: '1s' };

describe.skipIf(noMachine() !== '')('a real machine', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
    return () => lab.end();
  });

  it('that loses its power in its upgrade and again after its reboot order is brought to its end', async () => {
    const { machine } = lab;
    await lab.policy({
      verify,
      upgrade: { mode: 'packages', packages: ['tide-core', 'tide-slow'] },
      // The machine is away for a whole boot, which may be one in software.
      steps: { upgrade: { attempts: 50, backoff: '1s', backoffMax: '5s' } },
    });
    await lab.hold();
    const run = lab.rollOut();
    await machine.until('grep -q slow-begin /var/log/tide');
    // What is counted after the cut has to be on the disk before it.
    await machine.sh('sync');
    await machine.cutPower();
    machine.start();
    await machine.up();
    await lab.letGo();
    const bootId = await machine.bootId();
    await machine.until('[ -s /var/lib/nodetide/reboot/boot ]');
    await machine.cutPower();
    // For what comes after.
    machine.start({ reboot: 'off' });
    expect((await run.ended).code, said(run)).toBe(EXIT.done);

    expect((await lab.ran()).filter(line => line.startsWith('slow'))).toEqual(['slow-begin', 'slow-begin', 'slow-end']);
    const { upgrade, reboot } = (await lab.node()).steps;
    expect(upgrade.proof).toMatchObject({ exitCode: 0 });
    expect(reboot.proof).toMatchObject({ rebooted: true, bootIdBefore: bootId, bootIdAfter: await machine.bootId() });
    expect(await lab.audit()).toBe('');
    expect(await machine.sh("dpkg-query -W -f='${Version} ' tide-core tide-slow")).toBe('2.0 2.0 ');
  });

  it('that goes down for its reboot and stays down is told of; turned on by hand it is done', async () => {
    const { machine } = lab;
    await lab.policy({
      verify,
      upgrade: { manager: 'none' },
      reboot: { when: 'always', downTimeout: '5m', upTimeout: '1m' },
    });
    const run = lab.rollOut();
    await machine.off();
    expect((await run.ended).code, said(run)).toBe(EXIT.waiting);
    expect((await lab.node()).steps.reboot.failure).toMatchObject({ code: 'host-did-not-return' });

    machine.start();
    await machine.up();
    await lab.nodetide('retry', 'tide');
    const again = await lab.nodetide('run', '--resume', 'r', '--yes', '--plain');
    expect(again.code, said(again)).toBe(EXIT.done);
  });
});
