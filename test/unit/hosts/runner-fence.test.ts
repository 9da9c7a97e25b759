import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';
import { runnerShells } from '../../helpers/runner-shells.ts';

const fence = (epoch: number, rollout = 'r1', node = 'a', installation = 'here') => [
  installation,
  rollout,
  node,
  '1',
  String(epoch),
];

describe.each(await runnerShells())('$name', shell => {
  let host: RunnerRoot;
  beforeEach(() => {
    host = runnerRoot(shell);
  });
  afterEach(() => host.end());

  describe('owning a host', () => {
    it('gives it to the first, and to the same one again', () => {
      expect(host.call('own', fence(3)).lines).toEqual(['owned']);
      expect(host.call('own', fence(3)).code).toBe(0);
      expect(host.call('own', fence(4)).code).toBe(0);
      expect(host.read('var/lib/nodetide/owner')).toBe('here\nr1\na\n1\n4\n');
    });

    it('refuses an older epoch, even after the host was given back', () => {
      host.call('own', fence(4));
      expect(host.call('own', fence(3))).toMatchObject({ code: 92, lines: ['refused epoch 3 is older than 4'] });
      expect(host.call('disown', fence(5)).code).toBe(0);
      expect(host.call('own', fence(4)).code).toBe(92);
      expect(host.call('own', fence(1, 'r2')).code).toBe(0);
    });

    it.each([
      ['another rollout', fence(9, 'r2')],
      ['another installation', fence(9, 'r1', 'a', 'there')],
      ['the same rollout under another node name', fence(9, 'r1', 'b')],
    ])('refuses %s, which may not give it back either', (_, other) => {
      host.call('own', fence(1));
      const said = host.call('own', other);
      expect(said.code).toBe(91);
      expect(said.lines[0]).toContain('as node a');
      expect(host.call('disown', other).code).toBe(0);
      expect(host.has('var/lib/nodetide/owner')).toBe(true);
    });

    it('does not give the host back for a worker that was overtaken', () => {
      host.call('own', fence(5));
      host.call('disown', fence(4));
      expect(host.has('var/lib/nodetide/owner')).toBe(true);
    });

    it('keeps names whole that a shell could take apart', () => {
      const words = ["it's $(id)", 'r*', 'a;b', '1', '7'];
      expect(host.call('own', words).code).toBe(0);
      expect(host.read('var/lib/nodetide/owner')).toBe(`${words.join('\n')}\n`);
      expect(host.call('own', words).code).toBe(0);
    });
  });

  describe('the lock', () => {
    const state = 'var/lib/nodetide';
    /** A process that holds the kernel's lock until it is killed. */
    const hold = async () => {
      host.write(`${state}/lock`, '');
      const holder = spawn('flock', [join(host.root, state, 'lock'), 'sh', '-c', 'echo held; exec sleep 60'], {
        detached: true,
      });
      await once(holder.stdout, 'data');
      return holder;
    };

    it('ends with its holder', async () => {
      const holder = await hold();
      process.kill(-(holder.pid ?? 0), 'SIGKILL');
      await once(holder, 'exit');
      expect(host.call('own', fence(1)).code).toBe(0);
    });

    it('is waited for while its holder lives, and said to be held', async () => {
      const holder = await hold();
      host.command('sleep', 'exit 0');
      expect(host.call('own', fence(1))).toMatchObject({ code: 97 });
      host.command('sleep', `kill -KILL -${holder.pid} 2>/dev/null; exec /bin/sleep "$@"`);
      expect(host.call('own', fence(1)).code).toBe(0);
    });

    it('of former boots leave nothing', () => {
      host.write(`${state}/lock.boot-0`, '');
      host.write(`${state}/lock.boot-0-of-old/by`, '1 1\n');
      host.write(`${state}/owner.new`, 'half');
      expect(host.call('own', fence(1)).code).toBe(0);
      expect(readdirSync(join(host.root, state)).sort()).toEqual(['epochs', 'lock', 'owner', 'tasks']);
    });
  });

  describe('the lock without flock', () => {
    const link = () => join(host.root, 'var/lib/nodetide/lock.boot-1');
    const startOf = (pid: number): string =>
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
    beforeEach(() => {
      host.without('flock');
      host.write('var/lib/nodetide/.keep', '');
    });

    it('is not held for ever by a dead process, nor by one that has its number by now', () => {
      symlinkSync('4194999 1', link());
      expect(host.call('own', fence(1)).code).toBe(0);
      symlinkSync(`${process.pid} 1`, link());
      expect(host.call('own', fence(2)).code).toBe(0);
      expect(existsSync(link())).toBe(false);
    });

    it('is waited for while its holder lives, and said to be held', () => {
      host.command('sleep', 'exit 0');
      symlinkSync(`${process.pid} ${startOf(process.pid)}`, link());
      expect(host.call('own', fence(1))).toMatchObject({ code: 97 });
      expect(readlinkSync(link())).toBe(`${process.pid} ${startOf(process.pid)}`);
    });

    it('is broken though another died while it broke it', () => {
      symlinkSync('4194999 1', link());
      symlinkSync('4194998 1', link().replace('lock.', 'break.'));
      expect(host.call('own', fence(1)).code).toBe(0);
    });
  });

  describe('a state folder that is not safe', () => {
    const path = () => join(host.root, 'var/lib/nodetide');
    const said = () => host.call('own', fence(1));

    it('is refused when it is a link', () => {
      host.write('elsewhere/.keep', '');
      host.write('var/lib/.keep', '');
      symlinkSync(join(host.root, 'elsewhere'), path());
      expect(said()).toMatchObject({ code: 97 });
      expect(said().lines.join()).toContain('is a symbolic link');
    });

    it('is refused when others may write to it, or to what it is in', () => {
      host.write('var/lib/nodetide/.keep', '');
      chmodSync(path(), 0o757);
      expect(said().lines.join()).toContain('can be written by others');
      chmodSync(path(), 0o755);
      expect(said().code).toBe(0);
      chmodSync(join(path(), '..'), 0o777);
      expect(said()).toMatchObject({ code: 97 });
    });

    it('is refused when it is somebody else’s', () => {
      host.write('var/lib/nodetide/.keep', '');
      host.command(
        'ls',
        `case "$*" in *nodetide/.) echo "drwx------ 2 4711 0 40 Jan 1 00:00 x" ;; *) exec /bin/ls "$@" ;; esac`,
      );
      expect(said().lines.join()).toContain('belongs to user 4711');
    });

    it('is made for root alone', () => {
      expect(said().code).toBe(0);
      expect(statSync(path()).mode & 0o777).toBe(0o700);
    });
  });

  describe('a state folder that cannot be written', () => {
    it('is told as a full disk when there is no space', () => {
      host.command('mkdir', 'echo "mkdir: cannot create directory: No space left on device" >&2; exit 1');
      expect(host.call('own', fence(1)).code).toBe(96);
    });

    it('is told with what was said when it is something else', () => {
      host.command('mkdir', 'echo "mkdir: Read-only file system" >&2; exit 1');
      const said = host.call('own', fence(1));
      expect(said.code).toBe(97);
      expect(said.lines.join()).toContain('Read-only file system');
    });
  });
});
