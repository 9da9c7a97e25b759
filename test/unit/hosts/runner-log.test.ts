import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalExecutor } from '../../../shared/hosts/local/executor.ts';
import { RunnerHost } from '../../../shared/hosts/runner-host.ts';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';

/**
 * 80 MB, between a first line and a last one; the last one comes when the log was cut and emptied: while it grew or after,
 * so what came after the cut may still be there (du: in KiB).
 */
const RUNAWAY = `
echo first
yes 0123456789abcde | head -c 80000000
until [ -s "$NODETIDE_ROOT/var/lib/nodetide/tasks/t1/cut" ]; do sleep 0.1; done
until [ "$(du -k "$NODETIDE_ROOT/var/lib/nodetide/tasks/t1/log" | cut -f 1)" -lt 20000 ]; do sleep 0.1; done
echo 0123456789abcde
echo last
exit 3
`;

let root: RunnerRoot;
beforeEach(() => {
  root = runnerRoot();
});
afterEach(() => root.end());

const FENCE = { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: 1 };
const host = () => new RunnerHost('a', new LocalExecutor('here', { ...process.env, NODETIDE_ROOT: root.root }, true));

/** A task that has exited with 7, and whose log was cut between 10 and 20. */
function cutTask(kept: string, log: string): void {
  const write = (file: string, text: string) => root.write(`var/lib/nodetide/tasks/t1/${file}`, text);
  write('log.begin', 'aaaaaaaaa\n');
  write('log.20', kept);
  write('log', log);
  write('cut', '20 30\n');
  write('exit', '7\n');
  write('boot', 'boot-1\n');
}

describe('a log that was cut', () => {
  const read = async () => {
    let heard = '';
    const task = { id: 't1', fence: FENCE, script: { text: 'exit 1', args: [] } };
    const hear = (text: string) => {
      heard += text;
    };
    expect(await host().runDetached(task, hear, new AbortController().signal)).toMatchObject({ exitCode: 7 });
    return heard;
  };

  it('is read to its end, however short its pieces are', async () => {
    cutTask('bbbbbbbbb\n', `${'\0'.repeat(30)}last\n`);
    expect(await read()).toBe('aaaaaaaaa\n\n[10 bytes of output were left out]\nbbbbbbbbb\nlast\n');
  });

  it('with nothing after the cut ends there', async () => {
    cutTask('bbbbbbbbb\n', '');
    expect(await read()).toBe('aaaaaaaaa\n\n[10 bytes of output were left out]\nbbbbbbbbb\n');
  });

  it('of which a full disk took less tells its end all the same', async () => {
    cutTask('bbb\n', `${'\0'.repeat(30)}last\n`);
    const left = (size: number) => `\n[${size} bytes of output were left out]\n`;
    expect(await read()).toBe(`aaaaaaaaa\n${left(10)}bbb\n${left(6)}last\n`);
  });
});

describe('a log that runs away', () => {
  it('is cut on the host; its beginning, its end and the exit code are told', async () => {
    const task = { id: 't1', fence: FENCE, script: { text: RUNAWAY, args: [] } };
    const signal = new AbortController().signal;
    const heard = await host().runDetached(task, () => {}, signal);
    expect(heard).toMatchObject({
      kind: 'exited',
      exitCode: 3,
      logTail: expect.stringMatching(/abcde\n(?:.|\n)*last\n$/),
    });
    // Who comes later finds what is left of it.
    const late: string[] = [];
    await host().runDetached(task, text => late.push(text), signal);
    const log = late.join('');
    expect(log.startsWith('first\n0123456789abcde\n')).toBe(true);
    expect(log.endsWith('last\n')).toBe(true);
    expect(log.length).toBeLessThan(30 * 1024 * 1024);
    const [, missed] = /\n\[(\d+) bytes of output were left out\]\n/.exec(log) ?? [];
    const told = log.replace(/\n\[\d+ bytes of output were left out\]\n/, '').length;
    expect(told + Number(missed)).toBe('first\n'.length + 80_000_016 + 'last\n'.length);
    const { blocks } = statSync(join(root.root, 'var/lib/nodetide/tasks/t1/log'));
    expect(blocks * 512).toBeLessThan(20_000 * 1024);
  });
});
