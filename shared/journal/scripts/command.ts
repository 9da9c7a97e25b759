/**
 * A person's act, checked and told in one step. Request: kind, cluster, node, wave, concurrency, by, why, keys (all
 * nodes, for abort). Answers {ok, note, retry}: retry lists the nodes (key, round, step) whose failed job must be
 * retried so that the chain completes through.
 */
export const COMMAND = `
local retry = {}
local function refuse(note) return answer({ok = false, note = note, retry = retry}) end
local function accept(note) wake(); return answer({ok = true, note = note, retry = retry}) end
local state = redis.call('HGET', meta, 'state')
if not state then return refuse('there is no rollout ' .. rolloutId) end
if state == 'done' or state == 'aborted' then return refuse('the rollout has ended: ' .. state) end
local kind = req.kind
local function flag(key, node, wish)
  node.flag = wish
  save(key, node)
  if node.state == 'failed' then retry[#retry + 1] = {key = key, round = node.round, step = node.step} end
end

if kind == 'pause' then
  if state ~= 'running' then return refuse('the rollout is already ' .. state) end
  redis.call('HSET', meta, 'state', 'paused')
  tell({type = 'rollout-paused', by = req.by, why = req.why})
  return accept('paused: no further node is taken; those away finish')
elseif kind == 'resume' then
  if state ~= 'paused' then return refuse('the rollout is not paused but ' .. state) end
  redis.call('HSET', meta, 'state', 'running')
  tell({type = 'rollout-resumed', by = req.by, why = req.why})
  return accept('resumed')
elseif kind == 'abort' then
  if state == 'aborting' then return refuse('the rollout is already aborting') end
  redis.call('HSET', meta, 'state', 'aborting')
  tell({type = 'rollout-aborting', by = req.by, why = req.why})
  for i = 1, #req.keys do
    local node = load(req.keys[i])
    if node and node.state == 'pending' then settle(req.keys[i], node, 'aborted', 'aborted before it was begun')
    elseif node and not settled(node) then flag(req.keys[i], node, 'abort') end
  end
  return accept('aborting: no further node is taken; those away end at their next safe point')
elseif kind == 'concurrency' then
  local field = 'k:' .. req.cluster .. '/' .. req.wave
  if redis.call('HEXISTS', meta, field) == 0 then return refuse('there is no wave ' .. req.cluster .. '/' .. req.wave) end
  if req.concurrency < 1 then return refuse('concurrency must be at least 1') end
  redis.call('HSET', meta, field, req.concurrency)
  tell({type = 'concurrency-changed', cluster = req.cluster, wave = req.wave, concurrency = req.concurrency,
    by = req.by, why = req.why})
  return accept('concurrency is now ' .. req.concurrency)
end

local key = req.cluster .. '/' .. req.node
local node = load(key)
if not node then return refuse('there is no node ' .. key .. ' in this rollout') end
if kind == 'retry' then
  if node.state ~= 'failed' then return refuse(key .. ' has not failed but is ' .. node.state) end
  node.retryAsked = true
  save(key, node)
  tell({type = 'node-retried', cluster = req.cluster, node = req.node, by = req.by, why = req.why})
  retry[1] = {key = key, round = node.round, step = node.step}
  return accept(key .. ' goes on with ' .. node.step)
elseif kind == 'skip' then
  if settled(node) then return refuse(key .. ' is already ' .. node.state) end
  tell({type = 'node-skip-asked', cluster = req.cluster, node = req.node, by = req.by, why = req.why})
  if node.state == 'pending' then
    settle(key, node, 'skipped', 'skipped by ' .. req.by .. (req.why ~= '' and ': ' .. req.why or ''))
    return accept(key .. ' is skipped')
  end
  flag(key, node, 'skip')
  return accept(key .. ' ends at its next safe point, as it is')
end
return refuse('unknown command ' .. kind)
`;
