import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { shellControl } from '../../../shared/control/shell.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { ControlCommand } from '../../../shared/ports/control.ts';
import { isAlive } from '../../helpers/processes.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-control-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const never = new AbortController().signal;
const run = (text: string, more: Partial<ControlCommand> = {}, signal = never) =>
  shellControl.run({ text, env: {}, timeoutMs: 60_000, ...more }, signal);

async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await new Promise(resolve => {
      setImmediate(resolve);
    });
  }
}

async function isGone(pid: number): Promise<void> {
  while (isAlive(pid)) {
    await new Promise(resolve => {
      setImmediate(resolve);
    });
  }
}

describe('commands on the machine we run on', () => {
  it('gives exit code and both streams', async () => {
    expect(await run('echo out; echo err >&2; exit 7')).toEqual({ exitCode: 7, output: 'out\nerr\n' });
  });

  it('does not stay for what a command left in the background', async () => {
    const module = new URL('../../../shared/control/shell.ts', import.meta.url).href;
    const text = `sleep 60 & echo $! >${dir}/left`;
    const program = `import { shellControl } from ${JSON.stringify(module)};
      await shellControl.run({ text: ${JSON.stringify(text)}, env: {}, timeoutMs: 60000 }, new AbortController().signal);`;
    await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    const pid = await pidIn(join(dir, 'left'));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid);
  });

  it('hands data over in the environment, unchanged', async () => {
    const value = `a'b"c $(id) \n ü`;
    expect((await run('printf %s "$ABOUT"', { env: { ABOUT: value } })).output).toBe(value);
  });

  it('keeps the place of our Redis to itself', async () => {
    process.env['REDIS_URL'] = 'redis://:secret@localhost';
    try {
      expect((await run('echo "${REDIS_URL-none}"')).output).toBe('none\n');
    } finally {
      delete process.env['REDIS_URL'];
    }
  });

  it('says which signal ended it', async () => {
    expect((await run('kill -9 $$')).exitCode).toBe(137);
  });

  it('keeps the end of what is said too much', async () => {
    const { output } = await run('head -c 100000 /dev/zero | tr "\\0" x; echo; echo last');
    expect(output.length).toBe(16 * 1024);
    expect(output.endsWith('x\nlast\n')).toBe(true);
  });

  it('does not wait for what it left in the background', async () => {
    const file = join(dir, 'background');
    expect(await run(`sleep 600 & echo $! >'${file}'; echo done`)).toEqual({ exitCode: 0, output: 'done\n' });
    process.kill(await pidIn(file));
  });

  it('kills a late command and all it started, also one that ignores the polite word', async () => {
    const file = join(dir, 'late');
    const trap = `trap '' TERM; echo begun; echo $$ >'${file}'; sleep 600`;
    // Its time is over as soon as it ignores the word, and not before.
    const time = new AbortController();
    const timed = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
    onTestFinished(() => timed.mockRestore());
    const late = run(`sh -c "$TRAP"; true`, { env: { TRAP: trap }, timeoutMs: 500 }).catch(failureOf);
    const pid = await pidIn(file);
    expect(timed.mock.calls).toEqual([[500]]);
    time.abort();
    expect(await late).toMatchObject({ code: 'control-command-timeout', retryable: true });
    await isGone(pid);
  });

  it('is dead when its caller lets go', async () => {
    const file = join(dir, 'aborted');
    const caller = new AbortController();
    const running = run(`echo $$ >'${file}'; exec sleep 600`, {}, caller.signal);
    const pid = await pidIn(file);
    caller.abort(new Error('let go'));
    await expect(running).rejects.toThrow('let go');
    await isGone(pid);
  });
});
