import { describe, expect, it } from 'vitest';
import { checkCluster } from '../../../services/cli/doctor/cluster.ts';
import { clockFinding } from '../../../services/cli/doctor/finding.ts';
import { checkHost } from '../../../services/cli/doctor/host.ts';
import { SELF_REBOOTS } from '../../../services/cli/doctor/self-reboots.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { Permission } from '../../../shared/domain/permissions.ts';
import { KERNELS } from '../../../shared/packages/kernel.ts';
import { PACKAGE_MANAGERS } from '../../../shared/packages/managers.ts';
import type { Script } from '../../../shared/ports/host.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster, nodeView } from '../../helpers/fake-cluster.ts';
import { FakeHost } from '../../helpers/fake-host.ts';

const signal = new AbortController().signal;
const asked = { leaseNamespace: 'kube-system', deletePods: 'never' } as const;

describe('checks of a cluster', () => {
  it('names every permission that is missing', async () => {
    const cluster = new FakeCluster(new FakeClock());
    Object.assign(cluster, {
      serverInfo: async () => ({ version: 'v1.33.0', clockSkewMs: 40_000 }),
      canI: async ({ resource }: Permission) => resource !== 'pods/eviction' && resource !== 'leases',
    });
    const { findings } = await checkCluster(cluster, asked, signal);
    const wrong = findings.filter(({ verdict }) => verdict !== 'ok');
    expect(wrong.map(({ check }) => check)).toEqual(['clock', 'permissions']);
    expect(wrong[1]?.detail).toBe(
      'missing: create pods/eviction, get leases.coordination.k8s.io in kube-system, ' +
        'create leases.coordination.k8s.io in kube-system, update leases.coordination.k8s.io in kube-system',
    );
  });

  it('asks nothing more of one that cannot be reached', async () => {
    const cluster = new FakeCluster(new FakeClock());
    cluster.serverInfo = () => Promise.reject(fail('cluster-unreachable', { message: 'no route' }));
    const { findings, nodes } = await checkCluster(cluster, asked, signal);
    expect([findings.map(({ verdict }) => verdict), nodes]).toEqual([['unreachable'], null]);
  });
});

/** What a host prints; nothing reboots it by itself. */
const said = (script: Script, stdout: string) => {
  return { exitCode: 0, stdout: script === SELF_REBOOTS ? '== end\n' : stdout, stderr: '' };
};

describe('checks of a host', () => {
  const clock = new FakeClock();
  const check = (host: FakeHost, bootId: string) =>
    checkHost(
      { host, where: 'dev/a', way: 'SSH', node: nodeView('a', { bootId }), managers: PACKAGE_MANAGERS },
      clock,
      signal,
    );
  const host = (): FakeHost => {
    const made = new FakeHost('a', () => clock.now());
    made.answer = script => said(script, '0\n');
    return made;
  };

  it('finds nothing wrong with a good one', async () => {
    const findings = await check(host(), 'boot-1');
    expect(findings.map(({ verdict, check: name }) => `${verdict} ${name}`)).toEqual([
      'ok SSH',
      'ok root',
      'ok clock',
      'ok identity',
    ]);
  });

  it('finds that a reboot would not start the newest kernel', async () => {
    const one = host();
    const kernels =
      'running 6.1.0-1\nimage vmlinuz-6.1.0-1\nimage vmlinuz-6.1.0-2\nmodules 6.1.0-1\nmodules 6.1.0-2\nlink /vmlinuz boot/vmlinuz-6.1.0-1\nend\n';
    one.answer = script => said(script, script === KERNELS ? kernels : '0\n');
    const [finding, ...others] = (await check(one, 'boot-1')).filter(({ verdict }) => verdict !== 'ok');
    expect(finding).toMatchObject({ verdict: 'warning', check: 'kernel' });
    expect(finding?.detail).toContain('start the kernel 6.1.0-1');
    expect(finding?.detail).toContain('6.1.0-2 is installed');
    expect(others).toEqual([]);
  });

  it('finds that it reboots by itself', async () => {
    const one = host();
    const timer = '== timers\nId=weekly.service\nExecStart={ path=/sbin/reboot ; argv[]=/sbin/reboot ; }\n== end\n';
    one.answer = script => (script === SELF_REBOOTS ? { ...said(script, ''), stdout: timer } : said(script, '0\n'));
    const [finding, ...others] = (await check(one, 'boot-1')).filter(({ verdict }) => verdict !== 'ok');
    expect(finding).toMatchObject({ verdict: 'warning', detail: 'a timer runs weekly.service: /sbin/reboot' });
    expect(others).toEqual([]);
  });

  it('finds that it is another machine than its Node', async () => {
    const wrong = (await check(host(), 'boot-2')).filter(({ verdict }) => verdict !== 'ok');
    expect(wrong.map(({ verdict, check: name }) => [verdict, name])).toEqual([['failed', 'identity']]);
  });

  it('finds that commands do not run as root', async () => {
    const user = host();
    user.answer = script => said(script, '1000\n');
    const wrong = (await check(user, 'boot-1')).filter(({ verdict }) => verdict !== 'ok');
    expect(wrong.map(({ detail }) => detail)).toEqual(['commands run as user 1000']);
  });

  it.each([
    ['host-unreachable', 'unreachable'],
    ['host-key-unknown', 'failed'],
    ['host-auth-refused', 'failed'],
  ] as const)('takes %s as %s', async (code, verdict) => {
    const lost = host();
    lost.trouble = fail(code, { message: 'no' });
    expect((await check(lost, 'boot-1')).map(finding => finding.verdict)).toEqual([verdict]);
  });
});

describe('clocks', () => {
  it.each([
    [1_999, 0, 'ok'],
    [2_001, 0, 'warning'],
    [-2_001, 0, 'warning'],
    [-30_001, 0, 'failed'],
    [3_000, 1_500, 'ok'],
  ])('%i ms apart, known to within %i ms: %s', (skewMs, unsureMs, verdict) => {
    expect(clockFinding('a', skewMs, unsureMs).verdict).toBe(verdict);
  });

  it('says which one is behind', () => {
    expect([clockFinding('a', -500).detail, clockFinding('a', 500).detail]).toEqual([
      '0.5 s behind ours',
      '0.5 s ahead of ours',
    ]);
  });
});
