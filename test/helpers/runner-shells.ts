import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTools } from './debian-tools.ts';

/** A shell to run the runner with. */
export interface RunnerShell {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  /** Tools that go before the machine's own. */
  readonly tools?: string;
}

/** The shells of this machine, and busybox with its own tools where it can be had. */
export async function runnerShells(): Promise<RunnerShell[]> {
  const shells: RunnerShell[] = [
    { name: 'dash', words: ['/bin/dash'] },
    { name: 'bash', words: ['/bin/bash', '--posix'] },
  ];
  const busybox = await findBusybox();
  if (busybox !== null) shells.push({ name: 'busybox', words: [join(busybox, 'sh')], tools: busybox });
  return shells.filter(({ words: [program] }) => existsSync(program));
}

/** A folder with all programs of busybox, or null. */
async function findBusybox(): Promise<string | null> {
  const tools = await debianTools('busybox', ['busybox']);
  if (typeof tools === 'string') return null;
  const [bin = ''] = (tools.env['PATH'] ?? '').split(':');
  const program = [join(bin, 'busybox'), join(bin, '../../bin/busybox')].find(path => existsSync(path));
  if (program === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-busybox-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync(program, ['--install', '-s', folder]);
  return folder;
}
