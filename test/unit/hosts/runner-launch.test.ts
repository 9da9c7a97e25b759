import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';
import { runnerShells } from '../../helpers/runner-shells.ts';

const FENCE = ['here', 'r1', 'a', '1', '1'];

describe.each(await runnerShells())('$name', shell => {
  const start = (id: string) => host.call('start', [id, ...FENCE], { text: 'true', args: [] });
  const calls = () => host.read('units').trim().split('\n');
  /** A systemd-run that refuses, with these words, calls that fit a pattern of the shell's. */
  const refuses = (pattern: string, words: string) =>
    host.command(
      'systemd-run',
      `printf "%s\\n" "$*" >>"$NODETIDE_ROOT/units"; case "$*" in ${pattern}) echo "${words}" >&2; exit 1 ;; esac`,
    );

  let host: RunnerRoot;
  beforeEach(() => {
    host = runnerRoot(shell);
    host.write('run/systemd/system/.keep', '');
    host.command('systemctl', 'printf "%s\\n" "$*" >>"$NODETIDE_ROOT/asked"; echo inactive; exit 3');
  });
  afterEach(() => host.end());

  describe('a unit', () => {
    it('is started by a systemd that does not know --collect', () => {
      refuses('*--collect*', "systemd-run: unrecognized option '--collect'");
      expect(start('t1').lines).toEqual(['started']);
      expect(calls()).toHaveLength(2);
      expect(calls()[1]).toContain('--unit=nodetide-t1 -p KillMode=process');
    });

    it('whose name a failed one still has is started once that is forgotten', () => {
      host.command(
        'systemd-run',
        `[ -e "$NODETIDE_ROOT/forgotten" ] || { echo "Unit nodetide-t1.service was already loaded" >&2; exit 1; }`,
      );
      host.command(
        'systemctl',
        'case $1 in reset-failed) : >"$NODETIDE_ROOT/forgotten" ;; *) echo failed; exit 3 ;; esac',
      );
      expect(start('t1').lines).toEqual(['started']);
    });

    it('that runs though systemd did not say so is not started again', () => {
      refuses('*', 'Failed to start transient service unit: Connection timed out');
      host.command('systemctl', 'echo active');
      expect(start('t1').lines).toEqual(['started']);
      expect(calls()).toHaveLength(1);
    });
  });

  describe('what is written', () => {
    it('is on the disk before the task begins, each file before its folder', () => {
      host.command('sync', 'for file in "$@"; do printf "%s\\n" "$file" >>"$NODETIDE_ROOT/synced"; done');
      host.command('systemd-run', 'cp "$NODETIDE_ROOT/synced" "$NODETIDE_ROOT/synced-before"');
      expect(start('t1').lines).toEqual(['started']);
      const state = join(host.root, 'var/lib/nodetide');
      const synced = host.read('synced-before').trim().split('\n');
      const at = (path: string) => synced.indexOf(join(state, path));
      for (const file of ['epochs.new', 'owner.new', 'tasks', 'tasks/t1/script', 'tasks/t1/run', 'tasks/t1/boot.new'])
        expect([file, at(file) >= 0]).toEqual([file, true]);
      expect(at('tasks/t1/script')).toBeLessThan(at('tasks/t1/boot.new'));
      expect(at('tasks/t1/boot.new')).toBeLessThan(synced.lastIndexOf(join(state, 'tasks/t1')));
    });

    it('is told when the disk does not take it', () => {
      host.command('sync', 'echo "sync: error syncing: Input/output error" >&2; exit 1');
      expect(host.call('own', FENCE)).toMatchObject({ code: 97 });
      host.command('sync', 'echo "sync: unrecognized argument" >&2; exit 1');
      expect(host.call('own', FENCE).code).toBe(0);
    });

    it('by scripts that were killed goes after a day, and nothing else', () => {
      host.command('systemd-run', 'exit 0');
      const days = (file: string, ago: number) => {
        host.write(file, '');
        const then = Date.now() / 1000 - ago * 86_400;
        utimesSync(join(host.root, file), then, then);
      };
      days('run/nodetide-old', 2);
      days('run/nodetide-new', 0);
      days('run/other-old', 2);
      start('t1');
      const left = readdirSync(join(host.root, 'run')).filter(name => name.includes('-'));
      expect(left.sort()).toEqual(['nodetide-new', 'other-old']);
      expect(existsSync(join(host.root, 'run/nodetide-old'))).toBe(false);
    });
  });
});
