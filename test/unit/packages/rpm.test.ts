import { describe, expect, it } from 'vitest';
import { DNF } from '../../../shared/packages/dnf.ts';
import { ZYPPER } from '../../../shared/packages/zypper.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { runRecorded } from '../../helpers/recorded-tools.ts';

const NOTHING = { text: '', args: [] };

describe('dnf: why it failed (outputs of dnf 4.14)', () => {
  it.each([
    [
      200,
      'metadata already locked by 20197\n  The application with PID 20197 is: sleep\n    Memory : 1.5 M RSS (2.4 MB VSZ)\n',
      'packages-locked',
      'held by process 20197 (sleep)',
    ],
    [
      1,
      "RPM: error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)\nError: Could not run transaction.\n",
      'packages-locked',
      '/var/lib/rpm/.rpm.lock',
    ],
    [
      1,
      "Errors during downloading metadata for repository 'gone':\n  - Curl error (7): Couldn't connect to server for http://127.0.0.1:1/x/repodata/repomd.xml\nError: Failed to download metadata for repo 'gone': Cannot download repomd.xml\n",
      'packages-repository-unreachable',
      '(gone)',
    ],
    [
      1,
      'Error in PREIN scriptlet in rpm package broken\nError: Transaction failed\n',
      'packages-set-up-failed',
      ': broken',
    ],
    [
      1,
      'Error: \n Problem: conflicting requests\n  - nothing provides /bin/sh needed by tool-1.0-1.noarch\n',
      'packages-dependencies-broken',
      'nothing provides /bin/sh needed by tool-1.0-1.noarch',
    ],
    [1, 'something new\n', 'packages-upgrade-failed', 'exit code 1'],
  ])('%#', (exitCode, log, code, part) => {
    const why = DNF.explain(exitCode, log);
    expect([why.code, why.todo !== '']).toEqual([code, true]);
    expect(why.message).toContain(part);
  });
});

describe('dnf: its table', () => {
  const table = (rows: string) => `cat <<'END'
Dependencies resolved.
================================================================================
 Package          Arch        Version                     Repository       Size
================================================================================
${rows}
Transaction Summary
================================================================================
Upgrade  2 Packages

Total download size: 1.2 M
END
echo 'Operation aborted.' >&2; exit 1`;
  const dnf = (rows: string) => `case " $* " in
  *--version*) echo 4.14.0 ;;
  *--assumeno*) ${table(rows)} ;;
esac`;
  const rpm = `printf ' i\\ttool.x86_64\\t2:1.0-1\\n i\\told.noarch\\t1.0-1\\n i\\tkernel-core.x86_64\\t5.14.0-1\\n'`;
  const pendingOf = async (rows: string) => {
    const script = DNF.pendingScript(upgradePolicy({ allowRemovals: ['old'] })) ?? NOTHING;
    const { stdout, exitCode } = await runRecorded({ dnf: dnf(rows), rpm }, script);
    expect(exitCode).toBe(0);
    return DNF.parsePending(stdout);
  };

  it('is read with broken lines, obsoletes, removals and install-only packages', async () => {
    const rows = `Installing:
 kernel-core      x86_64      5.15.0-1                    baseos           12 M
Upgrading:
 tool             x86_64      2:1.1-1                     base            5.4 k
     replacing  old.noarch 1.0-1
 other-package-with-a-name-that-is-much-too-long-for-its-column
                  noarch      1.1-1                       base            5.4 k
Installing weak dependencies:
 extra            noarch      1.0-1                       base             12  
Removing dependent packages:
 gone             noarch      0.9-1                       @base           1.0 k
`;
    const { changes, problems } = await pendingOf(rows);
    expect(changes).toEqual([
      { name: 'kernel-core.x86_64', before: null, after: '5.15.0-1' },
      { name: 'tool.x86_64', before: '2:1.0-1', after: '2:1.1-1' },
      { name: 'old.noarch', before: '1.0-1', after: null },
      {
        name: 'other-package-with-a-name-that-is-much-too-long-for-its-column.noarch',
        before: null,
        after: '1.1-1',
      },
      { name: 'extra.noarch', before: null, after: '1.0-1' },
      { name: 'gone.noarch', before: '0.9-1', after: null },
    ]);
    expect(problems.map(({ message }) => message)).toEqual(['the upgrade would remove gone.noarch']);
  });

  it('is not asked of dnf 5', async () => {
    const script = DNF.pendingScript(upgradePolicy()) ?? NOTHING;
    const five = "echo 'dnf5 version 5.2.6.2'";
    const { exitCode, stdout } = await runRecorded({ dnf: five, 'dnf-3': 'exit 127', yum: five }, script);
    expect(DNF.explain(exitCode, stdout)).toMatchObject({ code: 'packages-unknown-manager' });
  });
});

describe('zypper: its exit codes', () => {
  /** A zypper whose transactions end with these codes, one after another. */
  const zypper = (...codes: number[]) => `case " $* " in
  *--dry-run*) printf '<to-upgrade>\\n<solvable type="package" name="tool" edition="1.1-1" arch="noarch" edition-old="1.0-1"></solvable>\\n' ;;
  *auto-agree*)
    runs=$(grep -c auto-agree "$(dirname "$0")/../calls")
    set -- ${codes.join(' ')}
    shift "$((runs - 1))"
    exit "$1"
    ;;
esac`;
  const run = (...codes: number[]) =>
    runRecorded({ zypper: zypper(...codes) }, ZYPPER.upgradeScript(upgradePolicy()) ?? NOTHING);

  it.each([
    [[0], 0, 1],
    [[102], 0, 1],
    [[103, 0], 0, 2],
    [[103, 103, 103], 0, 3],
    [[107], 107, 1],
    [[8], 8, 1],
  ])('transactions that end with %j: %i, in %i runs', async (codes, exitCode, runs) => {
    const said = await run(...codes);
    expect(said.exitCode).toBe(exitCode);
    expect(said.calls.filter(call => call.includes('auto-agree'))).toHaveLength(runs);
  });

  it.each([
    [7, 'System management is locked by the application with pid 20641 (sleep).\n', 'packages-locked', '20641 (sleep)'],
    [
      107,
      'warning: %post(tool-1.1-1.noarch) scriptlet failed, exit status 1\n',
      'packages-set-up-failed',
      ': tool-1.1-1',
    ],
    [107, '', 'packages-set-up-failed', 'script'],
    [106, '', 'packages-refresh-failed', 'skipped'],
    [
      4,
      "Repository 'gone' is invalid.\n - Download (curl) error for 'http://127.0.0.1:1/gone/content':\nError code: Connection failed\n",
      'packages-repository-unreachable',
      'http://127.0.0.1:1/gone',
    ],
    [4, 'Problem: nothing provides newdep needed by tool-1.1-1.noarch\n', 'packages-dependencies-broken', 'newdep'],
    [4, '', 'packages-upgrade-failed', 'exit code 4'],
  ])('%#', (exitCode, log, code, part) => {
    const why = ZYPPER.explain(exitCode, log);
    expect([why.code, why.message]).toEqual([code, expect.stringContaining(part)]);
  });
});

describe('space', () => {
  const df = `printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/vda1 100000 99000 1000 99%% /\\n'`;
  const summary = '<install-summary download-size="1048576" space-usage-diff="52428800" packages-to-change="1">';
  const solvable =
    '<to-install><solvable type="package" name="tool" edition="1.1-1" arch="noarch"></solvable></to-install>';
  const zypper = `case " $* " in *--dry-run*) printf '%s\\n' '${summary}${solvable}' ;; esac`;
  const table = `Installing:\n tool noarch 1.1-1 base 50 M\n\nTransaction Summary\nTotal download size: 1.0 M\nInstalled size: 50 M\n`;
  const dnf = `case " $* " in
  *--version*) echo 4.14.0 ;;
  *--assumeno*) printf '${table.replaceAll('\n', '\\n')}'; echo 'Operation aborted.' >&2; exit 1 ;;
esac`;

  it.each([
    [DNF, { dnf }],
    [ZYPPER, { zypper }],
  ] as const)(
    '$kind: what is needed on one file system is added up and compared beforehand',
    async (manager, tools) => {
      const script = manager.upgradeScript(upgradePolicy());
      const { exitCode, stdout, calls } = await runRecorded({ ...tools, df, rpm: '' }, script);
      expect(manager.explain(exitCode, stdout)).toMatchObject({
        code: 'packages-no-space',
        message: '/ has 1 MB free, the upgrade needs 52 MB there',
      });
      expect(calls.filter(call => / -y |auto-agree/.test(call))).toEqual([]);
    },
  );
});
