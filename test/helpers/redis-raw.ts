import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ServerChild, startChild } from '../../shared/redis/server/child.ts';
import { locateBinary } from '../../shared/redis/server/locate.ts';

/** A folder that goes when the test ends. */
export async function testFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-raw-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A server with settings of one's own, as an administrator might run one elsewhere; ended with the test. */
export async function rawServer(settings: readonly string[]): Promise<ServerChild> {
  const child = startChild(await locateBinary(), `${settings.join('\n')}\n`);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await child.ended;
  });
  if (!(await child.ready)) throw new Error((await child.ended).lastLines.join('\n'));
  return child;
}

/** A Sentinel with these settings; it writes its file anew by itself. Ended with the test. */
export async function rawSentinel(settings: readonly string[]): Promise<void> {
  const { path, libraryPath } = await locateBinary();
  const dir = await testFolder();
  const file = join(dir, 'sentinel.conf');
  await writeFile(file, `${[`dir ${dir}`, ...settings].join('\n')}\n`);
  const child = spawn(path, [file, '--sentinel'], {
    stdio: 'ignore',
    env: { ...process.env, ...(libraryPath === '' ? {} : { LD_LIBRARY_PATH: libraryPath }) },
  });
  const ended = new Promise(resolve => {
    child.once('close', resolve);
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
}
