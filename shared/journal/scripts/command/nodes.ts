/** Commands on nodes: retry-all, retry, repaired, skip, exclude, redo. */
export const NODE_COMMANDS = `
local function because(what) return what .. ' by ' .. req.by .. (req.why ~= '' and ': ' .. req.why or '') end
local function tellOf(type, key)
  local cluster, name = split(key)
  tell({type = type, cluster = cluster, node = name, by = req.by, why = req.why})
end
local function tryAgain(key, node)
  node.retryAsked, node.retriedRound = true, node.round
  save(key, node)
end

if kind == 'retry-all' then
  local keys, count = redis.call('SMEMBERS', failed), 0
  table.sort(keys)
  for _, key in ipairs(keys) do
    local node = load(key)
    if node.state == 'failed' and node.flag == '' then
      if not node.retryAsked then
        tryAgain(key, node)
        tellOf('node-retried', key)
        count = count + 1
      end
      again(key, node)
    end
  end
  if count == 0 then return so('no node has failed that is not tried again') end
  return accept(string.format('%d failed nodes go on', count))
end

local key = req.cluster .. '/' .. req.node
local node = load(key)
if not node then return refuse('there is no node ' .. key .. ' in this rollout') end
-- What a person asked for that has not come to be yet.
local asked = not settled(node)
  and ({skip = 'to be skipped', abort = 'to be aborted', redo = 'to be done anew'})[node.flag]

if kind == 'retry' then
  if asked then return refuse(key .. ' is ' .. asked) end
  if node.state ~= 'failed' then
    if node.retriedRound == node.round and node.round > 0 then return so(key .. ' is ' .. node.state) end
    return refuse(key .. ' has not failed but is ' .. node.state)
  end
  again(key, node)
  if node.retryAsked then return so(key .. ' goes on with ' .. node.step) end
  tryAgain(key, node)
  tellOf('node-retried', key)
  return accept(key .. ' goes on with ' .. node.step)
elseif kind == 'repaired' then
  if asked then return refuse(key .. ' is ' .. asked) end
  if node.state ~= 'failed' then
    if node.repairedRound == node.round and node.round > 0 then return so(key .. ' is ' .. node.state) end
    return refuse(key .. ' has not failed but is ' .. node.state)
  end
  again(key, node)
  local at = key .. '/' .. node.round .. '/'
  local left = {}
  for _, step in ipairs({'drain', 'upgrade', 'check-reboot', 'reboot'}) do
    if redis.call('HEXISTS', results, at .. step) == 0 then left[#left + 1] = step end
  end
  if #left == 0 and node.retryAsked and node.repairedRound == node.round then
    return so(key .. ' is taken for repaired')
  end
  node.repairedRound = node.round
  tryAgain(key, node)
  tellOf('node-repaired', key)
  for _, step in ipairs(left) do
    -- No proof: whoever looks for one finds that there is none.
    redis.call('HSET', results, at .. step, 'null')
    redis.call('HDEL', memory, at .. step)
    tell({type = 'step-skipped', cluster = req.cluster, node = req.node, round = node.round, step = step,
      reason = because('repaired')})
  end
  return accept(key .. ' is taken for repaired: it is verified and uncordoned')
elseif kind == 'skip' then
  if node.state == 'skipped' then return so(key .. ' is skipped') end
  if settled(node) then return refuse(key .. ' is already ' .. node.state) end
  if node.flag == 'abort' then return refuse(key .. ' is ' .. asked) end
  if node.flag == 'skip' then
    if node.state == 'failed' then again(key, node) end
    return so(key .. ' is ' .. asked)
  end
  tellOf('node-skip-asked', key)
  if node.state == 'pending' then
    settle(key, node, 'skipped', because('skipped'))
    return accept(key .. ' is skipped')
  end
  flag(key, node, 'skip')
  return accept(key .. ' ends at its next safe point, as it is')
elseif kind == 'exclude' then
  if node.state == 'excluded' then return so(key .. ' is excluded') end
  if node.state ~= 'pending' then return refuse(key .. ' has begun: it is ' .. node.state) end
  settle(key, node, 'excluded', because('excluded'))
  return accept(key .. ' is excluded')
elseif kind == 'redo' then
  if state == 'aborting' then return refuse('the rollout is aborting') end
  if node.state == 'pending' then return so(key .. ' waits for its turn') end
  if redis.call('HGET', meta, 'open:' .. req.cluster) ~= tostring(node.wave) then
    return refuse('wave ' .. waveName(req.cluster, node.wave) .. ' of ' .. key .. ' is not open')
  end
  if node.flag == 'redo' then
    if node.state == 'failed' then again(key, node) end
    return so(key .. ' is ' .. asked)
  end
  if req.unlessAsked and (asked or settled(node)) then return refuse(key .. ' is ' .. (asked or node.state)) end
  tellOf('node-redo-asked', key)
  if settled(node) then
    beginAnew(key, node)
    return accept(key .. ' is done anew, from drain')
  end
  flag(key, node, 'redo')
  return accept(key .. ' is done anew, from drain, once its step has come to a safe point')
end
`;
