import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandResult, Script } from '../../shared/ports/host.ts';

/** A script that was run with tools which only say what was once recorded. */
export interface RecordedRun extends CommandResult {
  /** The command lines the tools were called with, in order: `TOOL ARG…`. */
  readonly calls: readonly string[];
}

/**
 * Runs a script with these tools first on PATH, on a root with no other files than these; each tool is POSIX sh text. What the tools were called
 * with is kept.
 */
export async function runRecorded(
  tools: Readonly<Record<string, string>>,
  script: Script,
  files: Readonly<Record<string, string>> = {},
): Promise<RecordedRun> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-recorded-'));
  const [bin, root] = [join(dir, 'bin'), join(dir, 'root')];
  await mkdir(bin);
  await mkdir(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const [name, text] of Object.entries(tools)) {
    const head = `#!/bin/sh\nprintf '%s\\n' "${name} $*" >>'${dir}/calls'\n`;
    await writeFile(join(bin, name), head + text, { mode: 0o755 });
  }
  const env = { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, NODETIDE_ROOT: root };
  const result = await new Promise<CommandResult>(resolve => {
    execFile('/bin/sh', ['-c', script.text, 'sh', ...script.args], { env, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
  const calls = await readFile(join(dir, 'calls'), 'utf8').catch(() => '');
  await rm(dir, { recursive: true, force: true });
  return { ...result, calls: calls.split('\n').filter(Boolean) };
}
