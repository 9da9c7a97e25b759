import type { Redis } from 'ioredis';
import type { RebootTurn } from '../ports/reboot-times.ts';

/**
 * KEYS 1: hash cluster → JSON {atMs, by}; ARGV: 1 cluster, 2 who asks, 3 ms between two reboots, 4 `look`, `take` or
 * `proven`. One script, so that of two who ask at once only one gets the turn. Answers when the next may be, and now.
 */
const TURN = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local text = redis.call('HGET', KEYS[1], ARGV[1])
local last = text and cjson.decode(text)
local at = now
if ARGV[4] ~= 'proven' and last and last.by ~= ARGV[2] then at = math.max(now, last.atMs + tonumber(ARGV[3])) end
if ARGV[4] ~= 'look' and at == now then
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({atMs = now, by = ARGV[2]}))
end
return {at, now}
`;

/** See the port RebootTimes. */
export async function rebootTurn(
  redis: Redis,
  key: string,
  act: 'look' | 'take' | 'proven',
  cluster: string,
  by: string,
  minMs: number,
): Promise<RebootTurn> {
  const [atMs, nowMs] = (await redis.eval(TURN, 1, key, cluster, by, minMs, act)) as [number, number];
  return { atMs, inMs: atMs - nowMs };
}
