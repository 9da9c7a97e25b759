import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UpgradePolicy } from '../../../shared/domain/policy.ts';
import { APT } from '../../../shared/packages/apt.ts';
import { explainApt } from '../../../shared/packages/apt-explain.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { runRecorded } from '../../helpers/recorded-tools.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/apt/dist-upgrade.txt');
const REAL = readFileSync(FIXTURE, 'utf8');

/** What a pending script makes of what `apt-get -s` says. */
async function pendingOf(said: string, more: Partial<UpgradePolicy> = {}) {
  const tools = {
    'apt-get': `case " $* " in *' -s '*) cat <<'END'\n${said}\nEND\n;; esac`,
    'dpkg-query': '',
    'apt-cache': '',
    dpkg: 'echo amd64',
  };
  const script = APT.pendingScript(upgradePolicy({ mode: 'dist-upgrade', allowRemovals: ['*'], ...more }));
  const { stdout, exitCode } = await runRecorded(tools, script ?? { text: '', args: [] });
  expect(exitCode).toBe(0);
  return APT.parsePending(stdout);
}

describe('apt: what an upgrade would do', () => {
  it('reads a real simulation whole', async () => {
    const [, upgraded, fresh, removed] = /(\d+) upgraded, (\d+) newly installed, (\d+) to remove/.exec(REAL) ?? [];
    const { changes } = await pendingOf(REAL);
    expect(changes.filter(change => change.before && change.after)).toHaveLength(Number(upgraded));
    expect(changes.filter(change => !change.before)).toHaveLength(Number(fresh));
    expect(changes.filter(change => !change.after)).toHaveLength(Number(removed));
    const bash = changes.find(change => change.name === 'bash');
    expect(bash).toEqual({ name: 'bash', before: '5.2.15-2+b8', after: '5.2.15-2+b13' });
  });

  it('reads new, removed and half-installed packages', async () => {
    const text = [
      'Inst linux-image-6.1.0-2-amd64 (6.1.2-1 Debian:12/stable [amd64])',
      'Remv old-tool [1.0-1] [other:amd64 ]',
      'Conf half-done (2.0-1 Debian:12/stable [amd64])',
      'Conf linux-image-6.1.0-2-amd64 (6.1.2-1 Debian:12/stable [amd64])',
    ];
    expect((await pendingOf(text.join('\n'))).changes).toEqual([
      { name: 'linux-image-6.1.0-2-amd64', before: null, after: '6.1.2-1' },
      { name: 'old-tool', before: '1.0-1', after: null },
      { name: 'half-done', before: 'not configured', after: '2.0-1' },
    ]);
  });

  it.each([
    [{}, []],
    [{ allowRemovals: ['other', 'kube?'] }, ['the upgrade would remove kubelet ruby:i386']],
    [{ protect: ['kube*'] }, ['the upgrade would remove kubelet']],
    [{ exclude: ['ruby'] }, ['the upgrade would remove ruby:i386']],
    [{ allowRemovals: [] }, ['the upgrade would remove kubelet ruby:i386 other']],
  ])('removals: %j', async (more, messages) => {
    const { problems } = await pendingOf('Remv kubelet [1]\nRemv ruby:i386 [1]\nRemv other [1]\n', more);
    expect(problems.map(({ message }) => message)).toEqual(messages);
  });

  it.each(['$(reboot)', 'a b', 'a\nb', '-o', "'", 'a;b', '[a]', ''])('no pattern of packages: %j', pattern => {
    for (const list of ['packages', 'exclude', 'protect', 'allowRemovals'])
      expect(() => APT.upgradeScript(upgradePolicy({ [list]: [pattern] }))).toThrow(RangeError);
  });

  it('counts only installed packages', () => {
    const text = 'ii \tbash\t5.2\nrc \told\t1.0\nhi \theld:amd64\t2.0\niU \thalf\t3.0\n';
    expect([...APT.parseInstalled(text)]).toEqual([
      ['bash', '5.2'],
      ['held:amd64', '2.0'],
    ]);
  });
});

describe('apt: why it failed (outputs of apt 2.6)', () => {
  const LISTS =
    'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1962 (apt-get)\nE: Unable to lock directory /var/lib/apt/lists/\n';
  const FRONTEND =
    'Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 77 (unattended-upgr)...\n' +
    'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n';
  const FETCH =
    'Err:1 http://deb.example/debian stable InRelease\n  Could not connect to deb.example:80\nReading package lists...\n' +
    'E: Failed to fetch http://deb.example/debian/dists/stable/InRelease  Could not connect\nE: Some index files failed to download.\n';
  const POSTINST =
    'dpkg: error processing package broken (--configure):\nErrors were encountered while processing:\n broken\n other:amd64\n' +
    'E: Sub-process /usr/bin/dpkg returned an error code (1)\n';

  it.each([
    [LISTS, 'packages-locked', '/var/lib/apt/lists/lock is held by process 1962 (apt-get)'],
    [FRONTEND, 'packages-locked', '/var/lib/dpkg/lock-frontend is held by process 77 (unattended-upgr)'],
    [FETCH, 'packages-repository-unreachable', 'http://deb.example/debian/dists/stable/InRelease'],
    [POSTINST, 'packages-set-up-failed', 'could not be set up: broken, other:amd64'],
    [
      "E: You don't have enough free space in /var/cache/apt/archives/.\n",
      'host-disk-full',
      '/var/cache/apt/archives/',
    ],
    ['dpkg: error: cannot copy: No space left on device\n', 'host-disk-full', 'no space left'],
    ['E: Unmet dependencies. Try apt --fix-broken install\n', 'packages-dependencies-broken', 'dependencies'],
    ['something new\n', 'packages-upgrade-failed', 'exit code 100'],
  ])('%#', (log, code, part) => {
    const why = explainApt(100, log);
    expect(why.code).toBe(code);
    expect(why.message).toContain(part);
    expect(why.todo).not.toBe('');
  });

  it('does not blame a wait that ended well', () => {
    expect(explainApt(100, `${LISTS}nodetide waits: E: Could not get lock /x.\n${POSTINST}`).code).toBe(
      'packages-set-up-failed',
    );
    expect(explainApt(100, FRONTEND.split('\n')[0] + '\n' + POSTINST).code).toBe('packages-set-up-failed');
  });
});
