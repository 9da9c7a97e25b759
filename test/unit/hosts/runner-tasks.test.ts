import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../helpers/processes.ts';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';
import { runnerShells } from '../../helpers/runner-shells.ts';

const FENCE = ['here', 'r1', 'a', '1', '1'];
const start = (host: RunnerRoot, id: string, text: string, args: string[] = []) =>
  host.call('start', [id, ...FENCE], { text, args });
const poll = (host: RunnerRoot, id: string, offset = 0, most = 1000) =>
  host.call('poll', [id, String(offset), String(most)]).lines;

/** Resolves when the file is there. */
async function appears(host: RunnerRoot, file: string): Promise<void> {
  const path = join(host.root, file);
  await new Promise<void>(resolve => {
    const watcher = watch(join(path, '..'), () => look());
    const look = () => {
      if (!host.has(file)) return;
      watcher.close();
      resolve();
    };
    look();
  });
}

const exitOf = (id: string) => `var/lib/nodetide/tasks/${id}/exit`;
/** A task that ends when the file `go` is there. */
const UNTIL_GO = 'echo begun; until [ -e "$NODETIDE_ROOT/go" ]; do sleep 0.05; done; echo over; exit 7';

describe.each(await runnerShells())('$name', shell => {
  let host: RunnerRoot;
  beforeEach(() => {
    host = runnerRoot(shell);
  });
  afterEach(() => {
    host.write('go', '');
    host.end();
  });

  describe('detached tasks', () => {
    it('run with their arguments, outlive the call, and record their end', async () => {
      expect(start(host, 't1', UNTIL_GO, []).lines).toEqual(['started']);
      expect(poll(host, 't1')[0]).toBe('state running ');
      host.write('go', '');
      await appears(host, exitOf('t1'));
      expect(poll(host, 't1')).toEqual(['state exited 7', 'boot boot-1', 'from 0', 'size 11', 'begun', 'over']);
      expect(poll(host, 't1', 6)).toEqual(['state exited 7', 'boot boot-1', 'from 6', 'size 11', 'over']);
      expect(poll(host, 't1', 2, 3)).toEqual(['state exited 7', 'boot boot-1', 'from 2', 'size 11', 'gun']);
    });

    it('are run once, however often they are started', async () => {
      const script = 'echo "$1" >>"$NODETIDE_ROOT/runs"; exit 0';
      start(host, 't1', script, ["it's one"]);
      await appears(host, exitOf('t1'));
      expect(start(host, 't1', script, ["it's one"]).lines).toEqual(['attached']);
      expect(host.read('runs')).toBe("it's one\n");
    });

    it('are never two at once', () => {
      start(host, 't1', UNTIL_GO);
      expect(start(host, 't2', 'true')).toMatchObject({ code: 95, lines: ['refused task t1 runs on this host'] });
    });

    it('cut by a reboot are told so, and hold nobody up', () => {
      start(host, 't1', UNTIL_GO);
      host.write('proc/sys/kernel/random/boot_id', 'boot-2\n');
      expect(poll(host, 't1').slice(0, 2)).toEqual(['state cut ', 'boot boot-2']);
      expect(start(host, 't2', 'true').lines).toEqual(['started']);
    });

    it('that ended before the reboot keep their exit code', async () => {
      start(host, 't1', 'exit 3');
      await appears(host, exitOf('t1'));
      host.write('proc/sys/kernel/random/boot_id', 'boot-2\n');
      expect(poll(host, 't1')[0]).toBe('state exited 3');
    });

    it('whose exit code was lost in a power cut were cut', async () => {
      start(host, 't1', 'exit 3');
      await appears(host, exitOf('t1'));
      host.write('proc/sys/kernel/random/boot_id', 'boot-2\n');
      for (const lost of ['\0\0\0\0', '', '\n']) {
        host.write(exitOf('t1'), lost);
        expect(poll(host, 't1')[0]).toBe('state cut ');
      }
    });

    it('killed without a word are gone, not running', async () => {
      start(host, 't1', UNTIL_GO);
      const pid = Number(host.read('var/lib/nodetide/tasks/t1/pid'));
      process.kill(-pid, 'SIGKILL');
      await expect.poll(() => isAlive(pid)).toBe(false);
      expect(poll(host, 't1')[0]).toBe('state gone ');
    });

    it('leave the last ten behind', async () => {
      for (let number = 1; number <= 13; number += 1) {
        start(host, `t${number}`, 'true');
        await appears(host, exitOf(`t${number}`));
      }
      // Those of one second have no order.
      expect(readdirSync(join(host.root, 'var/lib/nodetide/tasks'))).toHaveLength(10);
      expect(poll(host, 't13')[0]).toBe('state exited 0');
    });

    it('are units where systemd runs', () => {
      host.write('run/systemd/system/.keep', '');
      host.command('systemd-run', 'printf "%s\\n" "$*" >>"$NODETIDE_ROOT/units"');
      host.command('systemctl', 'echo active');
      expect(start(host, 't1', 'true').lines).toEqual(['started']);
      expect(host.read('units')).toContain('--unit=nodetide-t1 --collect -p KillMode=process -p KillSignal=SIGCONT');
      expect(poll(host, 't1')[0]).toBe('state running ');
      host.command('systemctl', 'echo inactive; exit 3');
      expect(poll(host, 't1')[0]).toBe('state gone ');
      host.command('systemctl', 'exit 1');
      expect(poll(host, 't1')[0]).toBe('state running ');
    });

    it('that systemd refuses are told with its words, and may be tried again', () => {
      host.write('run/systemd/system/.keep', '');
      host.command('systemd-run', 'echo "Failed to start transient service unit: No" >&2; exit 1');
      host.command('systemctl', 'echo inactive; exit 3');
      const said = start(host, 't1', 'true');
      expect(said.code).toBe(97);
      expect(said.lines.join()).toContain('Failed to start transient service unit');
      expect(poll(host, 't1')).toEqual(['state none']);
    });
  });
});
