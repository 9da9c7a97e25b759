import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { RolloutKeys } from './keys.ts';
import { BUDGETS } from './scripts/budgets.ts';
import { PRELUDE } from './scripts/prelude.ts';

/** A Lua script of the store with the hash the server knows it by. */
export interface StoreScript {
  readonly text: string;
  readonly sha: string;
}

/** Puts the common beginning before a script's body. */
export function storeScript(body: string): StoreScript {
  const text = PRELUDE + BUDGETS + body;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * Runs a store script and reads its answer. `extra` are further keys and arguments after the common ones. The text is
 * sent only when the server does not know it (NOSCRIPT, e.g. after a restart).
 */
export async function runScript<T>(
  redis: Redis,
  script: StoreScript,
  keys: RolloutKeys,
  holders: string,
  id: string,
  request: unknown,
  extra: { keys?: readonly string[]; args?: readonly string[] } = {},
): Promise<T> {
  const { meta, nodes, results, memory, holding, waiting, failed, journal, sets } = keys;
  const keyList = [meta, nodes, results, memory, holding, waiting, failed, journal, holders, ...(extra.keys ?? [])];
  const args = [sets, id, JSON.stringify(request), ...(extra.args ?? [])];
  const call = [keyList.length, ...keyList, ...args] as const;
  let answer: unknown;
  try {
    answer = await redis.evalsha(script.sha, ...call);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    answer = await redis.eval(script.text, ...call);
  }
  return JSON.parse(String(answer)) as T;
}

/** Lua's empty table arrives as `{}`: a list it is all the same. */
export function listOf<T>(value: readonly T[] | object | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
