/**
 * What all scripts begin with. KEYS: 1 meta, 2 nodes, 3 results, 4 memory, 5 holding, 6 waiting, 7 failed, 8 journal,
 * 9 holders; ARGV: 1 prefix of the sets, 2 rollout id, 3 the request as JSON.
 * Scripts are atomic, so an event and the change it tells of cannot part. Times come from the server's own clock
 * (TIME), the same for all processes.
 */
export const PRELUDE = `
local meta, nodes, results, memory, holding, waiting, failed, journal, holders =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local sets, rolloutId = ARGV[1], ARGV[2]
local req = cjson.decode(ARGV[3])

local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
local function tell(event)
  redis.call('XADD', journal, '*', 'e', type(event) == 'string' and event or cjson.encode(event))
end
local function answer(t) return cjson.encode(t) end
local function split(key)
  local at = string.find(key, '/', 1, true)
  return string.sub(key, 1, at - 1), string.sub(key, at + 1)
end
local function load(key)
  local text = redis.call('HGET', nodes, key)
  return text and cjson.decode(text) or nil
end
local function save(key, node) redis.call('HSET', nodes, key, cjson.encode(node)) end
local function settled(node)
  return node.state == 'done' or node.state == 'skipped' or node.state == 'excluded' or node.state == 'aborted'
end
local function wake() redis.call('HINCRBY', meta, 'wake', 1) end
local function stopWaiting(slot, cluster, wave)
  if redis.call('HDEL', waiting, slot) == 1 then
    tell({type = 'waiting-over', cluster = cluster, wave = wave, slot = slot})
  end
end
local function settle(key, node, state, reason)
  local cluster, name = split(key)
  redis.call('SREM', sets .. 'pending:' .. cluster .. '/' .. node.wave, name)
  redis.call('SREM', failed, key)
  redis.call('HDEL', waiting, 'node ' .. key)
  node.state = state
  node.reason = reason
  save(key, node)
  tell({type = 'node-' .. state, cluster = cluster, node = name, reason = reason})
  wake()
end
-- Failed nodes other than the one that asks: while more than the budget, no claim and no further change of a host.
-- Nodes that are tried again by a person's word do not hold each other: else none of them could ever succeed.
local function budgetSpent(key)
  local budget = tonumber(redis.call('HGET', meta, 'failureBudget') or '0')
  if not key or redis.call('SISMEMBER', failed, key) == 0 then return redis.call('SCARD', failed) > budget end
  local count = 0
  for _, other in ipairs(redis.call('SMEMBERS', failed)) do
    local node = other ~= key and load(other)
    if node and node.state == 'failed' and not node.retryAsked then count = count + 1 end
  end
  return count > budget
end
`;
