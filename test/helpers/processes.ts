import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Command lines of the processes of this machine in which the text occurs, by process id. Linux only. */
export async function processesNaming(text: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    // Gone since, or not ours to look at.
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(text)) found.set(Number(name), line.replaceAll('\0', ' ').trim());
  }
  return found;
}

/** Whether a process is there; a zombie is not: where process 1 waits for nobody, it stays for ever. Linux only. */
export function isAlive(pid: number | string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
