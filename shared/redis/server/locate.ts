import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { fail } from '../../domain/failures/catalogue.ts';
import { probeBinary, type ServerBinary } from './binary.ts';
import { fetchServer } from './fetch.ts';

/** Where Redis comes from: a server that runs already, or a program to start. */
export type RedisSource =
  | { readonly kind: 'external'; readonly url: string }
  | { readonly kind: 'binary'; readonly binary: ServerBinary };

const NAMES = ['redis-server', 'valkey-server'];

/** `REDIS_URL` when set (then nothing is started), else `locateBinary`. */
export async function locateServer(
  env: NodeJS.ProcessEnv = process.env,
  onProgress?: (text: string) => void,
): Promise<RedisSource> {
  const url = env['REDIS_URL'];
  if (url) return { kind: 'external', url };
  return { kind: 'binary', binary: await locateBinary(env, onProgress) };
}

/**
 * A server program: on PATH, else unpacked before or now from the distribution's packages into the cache folder.
 * @throws redis-not-found, with every way there is to get one and why each did not work
 */
export async function locateBinary(
  env: NodeJS.ProcessEnv = process.env,
  onProgress: (text: string) => void = () => {},
): Promise<ServerBinary> {
  const onPath = await binaryOnPath(env);
  if (onPath !== null) return onPath;
  const fetched = await fetchServer(env, onProgress);
  if ('binary' in fetched) return fetched.binary;
  throw fail('redis-not-found', {
    message: [
      'No Redis server was found. Any one of these is enough:',
      '  1. set REDIS_URL to a server that runs (not set)',
      '  2. put redis-server or valkey-server on PATH (neither is there)',
      `  3. on Debian or Ubuntu it is fetched from the distribution's packages, without root (${fetched.why})`,
    ].join('\n'),
    seen: fetched.why,
  });
}

async function binaryOnPath(env: NodeJS.ProcessEnv): Promise<ServerBinary | null> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  for (const name of NAMES) {
    for (const folder of folders) {
      const path = join(folder, name);
      const runnable = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      const binary = runnable ? await probeBinary(path, 'path', '', env) : null;
      if (binary !== null) return binary;
    }
  }
  return null;
}
