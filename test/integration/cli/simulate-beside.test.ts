import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { simulateBeside } from '../../../services/cli/wire/simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodetide-beside-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wireFile = resolve(import.meta.dirname, '../../../services/cli/wire/simulate.ts');

/** A program that stands in for ours, and ends with us as ours does. */
function program(name: string, body: string): string {
  const file = join(folder, `${name}.mjs`);
  const ends = "if (process.send) { process.once('disconnect', () => process.exit()); process.channel.unref(); }";
  writeFileSync(file, `${ends}\n${body}\n`);
  return file;
}

it('tells what a simulation said that did not start, with its exit code', async () => {
  const file = program('refuses', "console.error('nodetide: no such world'); process.exitCode = 4;");
  await expect(simulateBeside(file, [])).rejects.toMatchObject({
    exitCode: 4,
    message: 'the simulation did not start: no such world',
  });
});

it('gives a simulation up that says nothing', async () => {
  const file = program('silent', 'setInterval(() => {}, 1000);');
  await expect(simulateBeside(file, [], 200)).rejects.toMatchObject({
    exitCode: 1,
    message: 'the simulation did not start within 0.2 s',
  });
});

it('does not keep a process alive that has nothing more to do', async () => {
  const script = `import { endWithParent } from ${JSON.stringify(wireFile)}; endWithParent(process);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    cwd: resolve(import.meta.dirname, '../../..'),
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
});
