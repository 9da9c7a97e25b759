import type { Redis } from 'ioredis';
import { fail } from '../../domain/failures/catalogue.ts';
import { judgeServer, type ServerVerdict } from './judge.ts';

/** Asks a server whether a rollout may rely on it. */
export async function checkServer(redis: Redis): Promise<ServerVerdict> {
  const info = parseInfo(await redis.info());
  // Managed services often forbid CONFIG.
  const config = await redis.config('GET', 'appendfsync').catch(() => []);
  const [, appendfsync] = Array.isArray(config) ? config.map(String) : [];
  return judgeServer({ ...info, ...(appendfsync === undefined ? {} : { appendfsync }) });
}

/**
 * `checkServer`, and its refusals thrown.
 * @returns the warnings
 * @throws redis-refused, with all that speaks against the server
 */
export async function requireServer(redis: Redis): Promise<readonly string[]> {
  const { refused, warnings } = await checkServer(redis);
  if (refused.length === 0) return warnings;
  throw fail('redis-refused', { message: `this Redis cannot be used: ${refused.join('; ')}` });
}

/** The fields of an answer to INFO. */
export function parseInfo(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (!line.startsWith('#') && colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return fields;
}
