import type { Redis } from 'ioredis';
import { type ClusterTimes, MOST_TIMES, type NodeTimes } from '../domain/durations/times.ts';

/**
 * KEYS 1: the hash of a cluster; ARGV: 1 kind, 2 the times as JSON, 3 how many stay, 4 for how long the hash stays, s. One
 * script, so that two schedulers keep both of what they have, and each once. Answers 1: kept.
 */
const KEEP = `
local list = cjson.decode(redis.call('HGET', KEYS[1], ARGV[1]) or '[]')
local new, most = cjson.decode(ARGV[2]), tonumber(ARGV[3])
local at = #list + 1
for i = #list, 1, -1 do
  if list[i].id == new.id then return 0 end
  if list[i].atMs > new.atMs then at = i end
end
if at == 1 and #list >= most then return 0 end
table.insert(list, at, new)
while #list > most do table.remove(list, 1) end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(list))
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
`;

/** What a cluster took that was not upgraded for so long says nothing any more. */
const STAYS_SECONDS = 800 * 86_400;

/** See the port DurationKeeper; `key` is that of the cluster. */
export async function keepTimes(redis: Redis, key: string, kind: string, times: NodeTimes): Promise<boolean> {
  const answer = await redis.eval(KEEP, 1, key, kind, JSON.stringify(times), MOST_TIMES, STAYS_SECONDS);
  return answer === 1;
}

/** See the port DurationReader. */
export async function readTimes(redis: Redis, key: string): Promise<ClusterTimes> {
  const all = Object.entries(await redis.hgetall(key));
  return Object.fromEntries(all.map(([kind, text]) => [kind, JSON.parse(text) as NodeTimes[]]));
}
