/** Messages that have ended and are kept to be looked at. */
const ENDED_KEPT = 500;

/** Lua: puts messages {id, lane, text} behind those of their lanes, but those whose id is known. `base`: beginning of the outbox's keys. */
export const ADD_TO_OUTBOX = `
local function addToOutbox(base, list)
  local t = redis.call('TIME')
  local at = t[1] * 1000 + math.floor(t[2] / 1000)
  for _, item in ipairs(list) do
    if redis.call('HSETNX', base .. 'deliveries', item.id, item.text) == 1 then
      local state = {state = 'waiting', attempts = 0, addedAtMs = at, nextAtMs = 0, token = '', leaseMs = 0, endedAtMs = cjson.null, note = ''}
      redis.call('HSET', base .. 'states', item.id, cjson.encode(state))
      redis.call('RPUSH', base .. 'lane:' .. item.lane, item.id)
      redis.call('SADD', base .. 'lanes', item.lane)
    end
  end
end
`;

/**
 * What the scripts of the outbox begin with. KEYS: 1 beginning of its keys: `deliveries` (hash id → JSON), `states` (hash
 * id → JSON), `lanes` (set), `lane:<lane>` (list of ids, the first is next), `ended` (list of ids, the newest first), `totals` (hash `target|outcome` → how many have ended so).
 */
const BEGIN = `${ADD_TO_OUTBOX}
local base = KEYS[1]
local deliveries, states, lanes, ended = base .. 'deliveries', base .. 'states', base .. 'lanes', base .. 'ended'
local function laneOf(name) return base .. 'lane:' .. name end
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
local function stateOf(id)
  local text = redis.call('HGET', states, id)
  return text and cjson.decode(text) or nil
end
local function keep(id, state) redis.call('HSET', states, id, cjson.encode(state)) end
`;

/** KEYS 2 the hash of what was followed; ARGV 1 messages, 2 revision, 3 position, 4 told, 5 over. Answer: 1 done, 0 overtaken. */
export const ADVANCE_FOLLOWED = `${BEGIN}
local revision = redis.call('HGET', KEYS[2], 'revision') or '0'
if revision ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], 'revision', revision + 1, 'position', ARGV[3], 'told', ARGV[4], 'over', ARGV[5])
addToOutbox(base, cjson.decode(ARGV[1]))
return 1
`;

/** ARGV 1 token, 2 ms. Answer: 1 this one leads. */
export const LEAD = `${BEGIN}
local key = base .. 'leader'
local leader = redis.call('GET', key)
if leader and leader ~= ARGV[1] then return 0 end
redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
return 1
`;

/** ARGV 1 lane, 2 token, 3 lease. Answer: {} empty, {ms} later, {delivery, attempt, age, doubt}. */
export const TAKE_DELIVERY = `${BEGIN}
local lane, token = ARGV[1], ARGV[2]
local id = redis.call('LINDEX', laneOf(lane), 0)
if not id then
  redis.call('SREM', lanes, lane)
  return {}
end
local state, at, text = stateOf(id), now(), redis.call('HGET', deliveries, id)
local isHeld = state.state == 'preparing' or state.state == 'sending'
if isHeld and state.token ~= token and state.leaseMs > at then return {tostring(state.leaseMs - at)} end
if state.state == 'waiting' and state.nextAtMs > at then return {tostring(state.nextAtMs - at)} end
local doubt = state.state == 'sending' and '1' or '0'
-- One in doubt stays so until its sender has decided: that sender may die too.
if doubt == '0' then
  state.state = 'preparing'
  state.attempts = state.attempts + 1
end
state.token, state.leaseMs = token, at + tonumber(ARGV[3])
keep(id, state)
return {text, tostring(state.attempts), tostring(at - state.addedAtMs), doubt}
`;

/** ARGV 1 id, 2 token. Answer: 1 it may leave. */
export const MAY_LEAVE = `${BEGIN}
local state = stateOf(ARGV[1])
return state and state.token == ARGV[2] and state.leaseMs > now() and 1 or 0
`;

/** ARGV 1 id, 2 token, 3 lease. */
export const RENEW_LEASE = `${BEGIN}
local state = stateOf(ARGV[1])
if not state or state.token ~= ARGV[2] then return 0 end
state.leaseMs = now() + tonumber(ARGV[3])
keep(ARGV[1], state)
return 1
`;

/** ARGV 1 id, 2 token. */
export const HAS_LEFT = `${BEGIN}
local state = stateOf(ARGV[1])
if not state or state.token ~= ARGV[2] then return 0 end
state.state = 'sending'
keep(ARGV[1], state)
return 1
`;

/** ARGV 1 lane, 2 id, 3 token, 4 outcome. Answer: 1 kept. */
export const SETTLE_DELIVERY = `${BEGIN}
local lane, id, outcome = laneOf(ARGV[1]), ARGV[2], cjson.decode(ARGV[4])
local state = stateOf(id)
if not state or state.token ~= ARGV[3] or redis.call('LINDEX', lane, 0) ~= id then return 0 end
state.state, state.note, state.token, state.leaseMs = outcome.state, outcome.note, '', 0
if outcome.state == 'waiting' then
  state.nextAtMs = now() + outcome.retryInMs
  keep(id, state)
  return 1
end
state.endedAtMs = now()
keep(id, state)
local target = cjson.decode(redis.call('HGET', deliveries, id)).target.name
redis.call('HINCRBY', base .. 'totals', target .. '|' .. outcome.state, 1)
redis.call('LPOP', lane)
redis.call('LPUSH', ended, id)
for _, old in ipairs(redis.call('LRANGE', ended, ${ENDED_KEPT}, -1)) do redis.call('HDEL', deliveries, old); redis.call('HDEL', states, old) end
redis.call('LTRIM', ended, 0, ${ENDED_KEPT - 1})
return 1
`;
