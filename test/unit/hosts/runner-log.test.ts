import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalExecutor } from '../../../shared/hosts/local/executor.ts';
import { RunnerHost } from '../../../shared/hosts/runner-host.ts';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';

/** 100 MB, between a first line and a last one; the last one comes when the log was cut. */
const RUNAWAY = `
echo first
yes 0123456789abcde | head -c 100000000
until [ -s "$NODETIDE_ROOT/var/lib/nodetide/tasks/t1/cut" ]; do sleep 0.1; done
until [ "$(wc -c <"$NODETIDE_ROOT/var/lib/nodetide/tasks/t1/log")" = 0 ]; do sleep 0.1; done
echo last
exit 3
`;

let root: RunnerRoot;
beforeEach(() => {
  root = runnerRoot();
});
afterEach(() => root.end());

describe('a log that runs away', () => {
  it('is cut on the host; its beginning, its end and the exit code are told', async () => {
    const env = { ...process.env, NODETIDE_ROOT: root.root };
    const fence = { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: 1 };
    const task = { id: 't1', fence, script: { text: RUNAWAY, args: [] } };
    const open = () => new RunnerHost('a', new LocalExecutor('here', env, true));
    const signal = new AbortController().signal;
    const heard = await open().runDetached(task, () => {}, signal);
    expect(heard).toMatchObject({
      kind: 'exited',
      exitCode: 3,
      logTail: expect.stringMatching(/abcde\n(?:.|\n)*last\n$/),
    });
    // Who comes later finds what is left of it.
    const late: string[] = [];
    await open().runDetached(task, text => late.push(text), signal);
    const log = late.join('');
    expect(log.startsWith('first\n0123456789abcde\n')).toBe(true);
    expect(log.endsWith('last\n')).toBe(true);
    expect(log.length).toBeLessThan(17 * 1024 * 1024);
    const [, missed] = /\n\[(\d+) bytes of output were left out\]\n/.exec(log) ?? [];
    const told = log.replace(/\n\[\d+ bytes of output were left out\]\n/, '').length;
    expect(told + Number(missed)).toBe('first\n'.length + 100_000_000 + 'last\n'.length);
    const { blocks } = statSync(join(root.root, 'var/lib/nodetide/tasks/t1/log'));
    expect(blocks * 512).toBeLessThan(1024 * 1024);
  });
});
