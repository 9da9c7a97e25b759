import { describe, expect, it } from 'vitest';
import { endpointFinding } from '../../../services/cli/doctor/endpoint.ts';
import { planNodes } from '../../../shared/domain/plan.ts';
import { parseSelfReboots } from '../../../shared/domain/self-reboots.ts';
import { nodeView } from '../../helpers/fake-cluster.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const apt = (reboot: string, period = '1') =>
  `== apt\nUnattended-Upgrade::Automatic-Reboot "${reboot}";\nAPT::Periodic::Unattended-Upgrade "${period}";\n`;
const timer = (id: string, argv: string) =>
  `== timers\nId=fstrim.service\nExecStart={ path=/sbin/fstrim ; argv[]=/sbin/fstrim --listed-in /etc/fstab:/proc/self/mountinfo ; ignore_errors=no }\n\nId=${id}\nExecStart={ path=/bin/x ; argv[]=${argv} ; ignore_errors=no ; pid=0 }\n`;

describe('what reboots a host by itself', () => {
  it.each([
    ['nothing', '', []],
    ['unattended-upgrades', apt('true'), ['unattended-upgrades has Automatic-Reboot "true"']],
    ['unattended-upgrades that is told not to', apt('false'), []],
    ['unattended-upgrades that is switched off', apt('true', '0'), []],
    ['the last word of unattended-upgrades', apt('true') + apt('false').replace('== apt\n', ''), []],
    ['dnf-automatic', '== dnf\n[commands]\nreboot = when-needed\n', ['dnf-automatic has reboot = when-needed']],
    ['dnf-automatic, never', '== dnf\n# reboot = when-needed\nreboot = never\nreboot_command = "shutdown -r"\n', []],
    ['transactional-update', '== transactional-update\n', ['transactional-update reboots by method auto']],
    ['transactional-update with kured', '== transactional-update\nREBOOT_METHOD="kured"\n', []],
    [
      'rebootmgr',
      '== rebootmgr\n[rebootmgr]\nstrategy=maintenance-window\n',
      ['rebootmgr reboots by strategy maintenance-window'],
    ],
    ['rebootmgr, off', '== rebootmgr\nstrategy=off\n', []],
    ['a timer', timer('weekly.service', '/sbin/shutdown -r +5'), ['a timer runs weekly.service: /sbin/shutdown -r +5']],
    [
      'a timer of systemctl',
      timer('w.service', '/bin/systemctl reboot'),
      ['a timer runs w.service: /bin/systemctl reboot'],
    ],
    ['a timer of sh', timer('w.service', '/bin/sh -c reboot'), ['a timer runs w.service: /bin/sh -c reboot']],
    ['a timer that turns it off', timer('w.service', '/sbin/shutdown -h now'), []],
    ['a timer that only looks', timer('w.service', '/usr/bin/reboot-notifier --check'), []],
  ])('%s', (_name, output, wanted) => expect(parseSelfReboots(`${output}== end\n`)).toEqual(wanted));

  it('is not known when the answer was cut', () => {
    expect(() => parseSelfReboots(apt('false'))).toThrow('not told to its end');
  });
});

describe('the way to the API server', () => {
  const nodes = planNodes(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] } }, kubernetes: true }));
  const addresses = [{ type: 'InternalIP', address: 'fd00::1' }];
  const views = new Map([['n2', nodeView('n2', { addresses })]]);
  it.each([
    ['https://n1:6443', ['a/n1']],
    ['https://127.0.0.1:6443', []],
    ['https://[fd00::1]:6443', ['a/n2']],
    ['https://api.example:6443', []],
    ['', []],
  ])('%s leads to nodes %j', (url, wanted) => {
    expect(endpointFinding('a', url, nodes, views).map(({ where }) => where)).toEqual(wanted);
  });
});
