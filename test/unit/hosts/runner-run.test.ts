import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { LocalExecutor } from '../../../shared/hosts/local/executor.ts';
import { RunnerHost } from '../../../shared/hosts/runner-host.ts';
import { isAlive } from '../../helpers/processes.ts';
import { runnerShells } from '../../helpers/runner-shells.ts';

const never = () => new AbortController().signal;

describe.each(await runnerShells())('a script in $name', ({ name, words, tools }) => {
  let dir: string;
  let host: RunnerHost;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nodetide-run-'));
    if (tools === undefined) symlinkSync(words[0], join(dir, 'sh'));
    const path = [dir, tools, process.env['PATH']].filter(Boolean).join(':');
    host = new RunnerHost('a', new LocalExecutor('here', { PATH: path, DIR: dir }, true));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('gives its exit code and both streams, and reads nothing', async () => {
    const text = 'cat; printf "%s," "$@"; echo wrong >&2; umask; exit 3';
    const said = await host.run({ text, args: ["it's", '', 'a\nb', '$(id)', 'é'] }, never());
    expect(said).toEqual({ exitCode: 3, stdout: "it's,,a\nb,$(id),é,0022\n", stderr: 'wrong\n' });
  });

  it('is killed with all of it when nobody waits any more, however deaf it is', async () => {
    // Who does not listen is killed seconds later: once is enough to see it.
    const deaf = name === 'dash' ? 'trap "" TERM; ' : '';
    const text = `${deaf}sleep 61 & echo "$$ $!" >"$DIR/new"; mv "$DIR/new" "$DIR/pids"; wait; sleep 62`;
    const stop = new AbortController();
    const running = host.run({ text, args: [] }, stop.signal);
    await expect.poll(() => existsSync(join(dir, 'pids')), { timeout: 20_000 }).toBe(true);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const pids = readFileSync(join(dir, 'pids'), 'utf8').trim().split(' ');
    await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  it('that somebody asked to end did not come to its end', async () => {
    const ended = await host.run({ text: 'kill -TERM "$$"', args: [] }, never()).catch(failureOf);
    expect(ended).toMatchObject({ code: 'host-connection-lost', retryable: true });
  });
});
