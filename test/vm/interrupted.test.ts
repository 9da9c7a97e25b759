import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { type Lab, noMachine, said, startLab } from '../helpers/vm/lab.ts';

const policy = {
  upgrade: { mode: 'packages', packages: ['tide-slow'] },
  reboot: { when: 'never' },
  verify: { soak: '1s' },
  // The machine is away for a whole boot, which may be one in software.
  steps: { upgrade: { attempts: 50, backoff: '1s', backoffMax: '5s' } },
};

/** Makes the slow package an old one again. */
const AGAIN = 'dpkg -i /srv/old/tide-slow_1.0.deb >/dev/null; rm -f /var/log/tide';

describe.skipIf(noMachine() !== '')('an upgrade of a real machine', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
    return () => lab.end();
  });

  it('goes on, once, when its sessions are killed, their user is ended with all he left, and sshd starts anew', async () => {
    const { machine } = lab;
    await lab.hold();
    await machine.sh(`mkdir -p /etc/systemd/logind.conf.d
      printf '[Login]\\nKillUserProcesses=yes\\n' >/etc/systemd/logind.conf.d/kill.conf
      systemctl restart systemd-logind`);
    await lab.policy(policy);
    const run = lab.rollOut();
    await machine.until('grep -q slow-begin /var/log/tide');
    await machine.until('pkill -KILL -u deploy sshd');
    await machine.until('loginctl terminate-user deploy');
    await machine.sh('systemctl restart ssh');
    // All that was a session of the user is gone; the upgrade is not.
    expect(await machine.sh("systemctl show -P ActiveState 'nodetide-*-upgrade-1.service'")).toMatch(/^active/);
    await lab.letGo();
    expect((await run.ended).code, said(run)).toBe(EXIT.done);

    expect(await lab.ran()).toEqual(['slow-begin', 'slow-end']);
    const { proof } = (await lab.node()).steps.upgrade;
    expect(proof).toMatchObject({
      exitCode: 0,
      changes: [{ name: 'tide-slow', before: '1.0', after: '2.0' }],
    });
    expect(await lab.audit()).toBe('');
  });

  it('is waited for by a reboot that somebody else asks for', async () => {
    const { machine } = lab;
    await machine.sh(AGAIN);
    await lab.hold();
    const bootId = await machine.bootId();
    const run = lab.rollOut();
    await machine.until('grep -q slow-begin /var/log/tide');
    await machine.sh('systemctl --no-block reboot');
    expect((await run.ended).code, said(run)).toBe(EXIT.done);

    expect(await lab.ran()).toEqual(['slow-begin', 'slow-end']);
    expect(await machine.bootId()).not.toBe(bootId);
    const { upgrade, reboot } = (await lab.node()).steps;
    expect(upgrade.proof).toMatchObject({ exitCode: 0, changes: [{ name: 'tide-slow' }] });
    expect(reboot.proof).toMatchObject({ byOthers: true, bootIdBefore: bootId });
    expect(await lab.audit()).toBe('');
  });
});
