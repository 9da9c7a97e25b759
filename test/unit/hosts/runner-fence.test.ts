import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';

const fence = (epoch: number, rollout = 'r1', node = 'a', installation = 'here') => [
  installation,
  rollout,
  node,
  '1',
  String(epoch),
];

let host: RunnerRoot;
beforeEach(() => {
  host = runnerRoot();
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
  it('is not held for ever by a dead process', () => {
    host.write('var/lib/nodetide/lock.boot-1/by', '4194999 1\n');
    expect(host.call('own', fence(1)).code).toBe(0);
    expect(host.has('var/lib/nodetide/lock.boot-1')).toBe(false);
  });

  it('is broken after a minute when its maker left no word', () => {
    host.command('sleep', 'exit 0');
    host.write('var/lib/nodetide/lock.boot-1/.keep', '');
    expect(host.call('own', fence(1)).code).toBe(97);
    const old = Date.now() / 1000 - 120;
    utimesSync(join(host.root, 'var/lib/nodetide/lock.boot-1'), old, old);
    expect(host.call('own', fence(1)).code).toBe(0);
  });

  it('does not outlive a boot', () => {
    host.write('var/lib/nodetide/lock.boot-0/by', `${process.pid} 1\n`);
    expect(host.call('own', fence(1)).code).toBe(0);
  });

  it('is waited for while its holder lives, and said to be held', () => {
    host.command('sleep', 'exit 0');
    host.write('var/lib/nodetide/lock.boot-1/by', `${process.pid} 1\n`);
    expect(host.call('own', fence(1))).toMatchObject({ code: 97 });
    expect(host.has('var/lib/nodetide/lock.boot-1')).toBe(true);
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
