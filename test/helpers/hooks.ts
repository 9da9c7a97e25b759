import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Hook } from '../../shared/domain/hooks/hook.ts';

/** A hook on the control side that does nothing; `before` ones stop, `after` ones warn and run at `done`. */
export function hook(name: string, more: Partial<Hook> & Pick<Hook, 'when' | 'of'>): Hook {
  const before = more.when === 'before';
  return {
    name,
    on: 'control',
    run: ':',
    timeoutMs: 20_000,
    attempts: 1,
    onFailure: before ? 'stop' : 'warn',
    outcomes: before ? [] : ['done'],
    ...more,
  };
}

/** A folder in which hooks of a test leave their traces; gone after the test. */
export function hookFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-hooks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ran');
  const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  return {
    folder,
    /** Text that notes who ran: `WHEN OF OUTCOME NAME NODE`, what is empty left out. */
    note: `echo $NODETIDE_WHEN $NODETIDE_OF $NODETIDE_OUTCOME $NODETIDE_HOOK $NODETIDE_NODE >> '${file}'`,
    /** A line of a test's own among them. */
    mark: (text: string) => `echo ${text} >> '${file}'`,
    path: (name: string) => join(folder, name),
    lines,
    /** Resolves once a line like this is there so many times. */
    async seen(line: string, times = 1): Promise<void> {
      while (lines().filter(each => each === line).length < times) await sleep(20);
    },
  };
}
