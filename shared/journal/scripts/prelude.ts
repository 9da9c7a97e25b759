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
local function waitFor(slot, cluster, wave, reasons)
  local text = cjson.encode(reasons)
  if redis.call('HGET', waiting, slot) == text then return end
  redis.call('HSET', waiting, slot, text)
  tell({type = 'waiting', cluster = cluster, wave = wave, slot = slot, reasons = reasons})
end
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
-- A node that was begun is pending again, in its next round: whoever holds it lets go.
local function beginAnew(key, node)
  local cluster, name = split(key)
  redis.call('SREM', failed, key)
  redis.call('SADD', sets .. 'pending:' .. cluster .. '/' .. node.wave, name)
  local slot = node.slot
  node.state, node.slot, node.step, node.attempt, node.flag = 'pending', '', '', 0, ''
  node.retryAsked, node.reason, node.forOthers = false, '', nil
  save(key, node)
  if slot ~= '' then
    redis.call('HDEL', holding, slot)
    redis.call('HDEL', waiting, slot)
    redis.call('SREM', sets .. 'claimed:' .. cluster, name)
    tell({type = 'slot-released', cluster = cluster, node = name, wave = node.wave, slot = slot})
  end
  wake()
end
-- A rollout that stops is paused once no wave is open, unless nothing is left to do.
local function pauseOnceStopped()
  if redis.call('HGET', meta, 'state') ~= 'stopping' then return false end
  local fields, left = redis.call('HKEYS', meta), false
  for _, field in ipairs(fields) do
    if string.sub(field, 1, 5) == 'open:' then return false end
    if string.sub(field, 1, 2) == 'k:' then
      left = left or redis.call('HEXISTS', meta, 'mark:wave-done:' .. string.sub(field, 3)) == 0
    end
  end
  if not left then return false end
  redis.call('HSET', meta, 'state', 'paused')
  tell({type = 'rollout-paused', by = 'nodetide', why = 'stopped: no wave is open'})
  return true
end
`;
