/** A draft is nobody's business any more after a week. */
const STAYS_SECONDS = 7 * 86_400;
/** Each may hold the plan of thousands of nodes. */
const DRAFTS_KEPT = 30;

/**
 * What the scripts of drafts begin with. KEYS: 1 drafts (sorted set of ids by when they were asked for), 2 beginning of a
 * draft's own key (hash: state, rollout, summary, draft, fleetFile, repeat); ARGV: 1 id. The sorted set loses what has expired.
 */
const BEGIN = `
local id = ARGV[1]
local key = KEYS[2] .. id
local function forget(other)
  redis.call('ZREM', KEYS[1], other)
  return redis.call('DEL', KEYS[2] .. other)
end
local function tidy()
  for _, other in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if redis.call('EXISTS', KEYS[2] .. other) == 0 then redis.call('ZREM', KEYS[1], other) end
  end
  for _, other in ipairs(redis.call('ZREVRANGE', KEYS[1], ${DRAFTS_KEPT}, -1)) do forget(other) end
end
local function isMade()
  local state = redis.call('HGET', key, 'state')
  return state ~= 'asked' and state ~= 'making'
end
`;

/** ARGV 2 when, 3 the summary, 4 the draft, 5 the fleet file, 6 what a repeat is known by. Answer: the id of the one that is kept. */
export const ADD_DRAFT = `${BEGIN}
if ARGV[6] ~= '' then
  for _, other in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if redis.call('HGET', KEYS[2] .. other, 'repeat') == ARGV[6] then return other end
  end
end
redis.call('HSET', key, 'state', 'asked', 'rollout', '', 'summary', ARGV[3], 'draft', ARGV[4], 'fleetFile', ARGV[5], 'repeat', ARGV[6])
redis.call('EXPIRE', key, ${STAYS_SECONDS})
redis.call('ZADD', KEYS[1], ARGV[2], id)
tidy()
return id
`;

/** No further arguments. */
export const MAKING_DRAFT = `${BEGIN}
if not isMade() then redis.call('HSET', key, 'state', 'making') end
`;

/** ARGV 2 the state, 3 the summary, 4 the draft. A key that is gone has no state, so it stays gone. */
export const FINISH_DRAFT = `${BEGIN}
if not isMade() then redis.call('HSET', key, 'state', ARGV[2], 'summary', ARGV[3], 'draft', ARGV[4]) end
`;

/** ARGV 2 the rollout. */
export const BEGAN_DRAFT = `${BEGIN}
if redis.call('HGET', key, 'rollout') == '' then redis.call('HSET', key, 'rollout', ARGV[2]) end
`;

/** Answer: 1 removed, 0 there was none. */
export const REMOVE_DRAFT = `${BEGIN}
return forget(id)
`;
