import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { type Lab, noMachine, said, startLab } from '../helpers/vm/lab.ts';

const QUICK = { verify: { soak: '1s' } };
const never = new AbortController().signal;

describe.skipIf(noMachine() !== '')('a host that is a real machine', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
    return () => lab.end();
  });

  it('is not rebooted while its own nightly upgrade runs, and tells of an order that did nothing', async () => {
    const { machine, host } = lab;
    await lab.hold();
    await machine.sh(`
      printf '%s\\n' 'Unattended-Upgrade::Origins-Pattern { "origin=tide"; };' \
        'Unattended-Upgrade::Package-Blacklist { "linux-"; "tide-core"; "tide-tool"; };' \
        'APT::Periodic::Enable "1"; APT::Periodic::Unattended-Upgrade "1";' >/etc/apt/apt.conf.d/99nightly
      apt-get -q update && systemctl start --no-block apt-daily-upgrade.service`);
    await machine.until('grep -q slow-begin /var/log/tide');
    const { packageTransaction, bootId } = await host.facts(never);
    expect(packageTransaction).toMatch(/holds .*\/var\/lib\/dpkg\/lock|runs$/);
    const order = { expectBootId: bootId, notAfterMs: Date.now() + 60_000, command: '' };
    const fence = { installation: 'test', rollout: 'by-hand', node: 'tide', round: 1, epoch: 1 };
    await expect(host.reboot({ ...order, fence }, never)).rejects.toMatchObject({ failure: { code: 'host-busy' } });
    await host.disown(fence, never);

    await lab.policy({
      ...QUICK,
      upgrade: { manager: 'none' },
      reboot: { when: 'always', command: 'echo nothing at all', downTimeout: '5s' },
    });
    const run = lab.rollOut();
    await run.line(/reboot waits: .*package/);
    await lab.letGo();
    expect((await run.ended).code, said(run)).toBe(EXIT.waiting);
    const { failure } = (await lab.node()).steps.reboot;
    expect(failure, said(run)).toMatchObject({ code: 'reboot-did-nothing' });
    expect(failure?.seen).toContain('nothing at all');
    expect(await lab.ran()).toEqual(['slow-begin', 'slow-end']);
    expect(await machine.bootId()).toBe(bootId);
    await machine.sh('rm /var/log/tide /etc/apt/apt.conf.d/99nightly /var/lib/nodetide/owner');
  });

  it('is upgraded in a unit of its own, rebooted into its new kernel, and proven well', async () => {
    const { machine } = lab;
    const [bootId, kernel] = [await machine.bootId(), (await machine.sh('uname -r')).trim()];
    await lab.policy(QUICK);
    const began = (await machine.sh('date +%s')).trim();
    const run = lab.rollOut();
    await machine.until("systemctl list-units --plain 'nodetide-*-upgrade-1.service' | grep running");
    expect((await run.ended).code, said(run)).toBe(EXIT.done);

    const node = await lab.node();
    const { upgrade, reboot, verify } = node.steps;
    const offered = (await machine.sh("ls /srv/new | sed -n 's/^linux-image-\\([0-9].*\\)_.*_.*/\\1/p'")).trim();
    expect(upgrade.proof).toMatchObject({ manager: 'apt', exitCode: 0, bootId, runningKernel: kernel });
    expect(reboot.proof).toMatchObject({ rebooted: true, byOthers: false, bootIdBefore: bootId });
    expect(reboot.proof).toMatchObject({ bootIdAfter: await machine.bootId() });
    expect((reboot.proof as { downtimeMs: number }).downtimeMs).toBeGreaterThan(1_000);
    expect(await machine.bootId()).not.toBe(bootId);
    expect((await machine.sh('uname -r')).trim()).toBe(offered === '' ? kernel : offered);
    expect(verify.state).toBe('done');
    expect((await lab.ran()).sort()).toEqual(['core', 'tool']);
    expect(await lab.audit()).toBe('');
    // What systemd itself wrote down of the unit, in the boot before this one.
    const journal = await machine.sh(`journalctl -b -1 --since @${began} -o cat -u 'nodetide-*' --no-pager`);
    expect(journal).toMatch(/Started nodetide-.*-upgrade-1\.service/);
    expect(journal).toMatch(/nodetide-.*-upgrade-1\.service: Deactivated successfully/);
    expect(journal.match(/Started nodetide-reboot-/g)).toHaveLength(1);
    console.log(`upgrade: ${upgrade.note}; reboot: ${reboot.note}; verify: ${verify.note}`);
  });
});
