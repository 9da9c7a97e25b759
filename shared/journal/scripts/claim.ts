import { APPROVALS } from './approvals.ts';

/**
 * A slot gives its last node back and takes the next, in one step. Request:
 * cluster, wave, slot; give {node, round} or null: what the slot believes it holds and wants to give back;
 * settle [{node, state, reason}]: pending nodes found to need nothing; held [{node, reason}]: pending nodes that wait
 * for a person; closed [reasons]: nothing can be judged; shut [reasons]: gates that let no further node begin; candidates [{node, adopt, shut}] in order; unavailable [names];
 * unavailableControlPlane [names]; maxUnavailable; perDomain [{domains [{name, max, nodes}]}] or nothing; shortBefore [budgets that are short now, kept for the recovery];
 * factsAtMs (server's clock); factsMaxAgeMs; onlyAsks (whether a node could be taken now).
 * Answers kind: claimed {node, round} | holding {node, round} | closed {reasons} | free | retired | empty.
 */
export const CLAIM = `${APPROVALS}
local cluster, slot = req.cluster, req.slot
local field = cluster .. '/' .. req.wave
local live, claimed = sets .. 'slots:' .. field, sets .. 'claimed:' .. cluster

local heldKey = redis.call('HGET', holding, slot)
if heldKey then
  local node = load(heldKey)
  local _, name = split(heldKey)
  local mayGive = req.give ~= cjson.null and req.give.node == name and req.give.round == node.round and settled(node)
  if not mayGive then return answer({kind = 'holding', node = name, round = node.round}) end
  redis.call('HDEL', holding, slot)
  redis.call('SREM', claimed, name)
  node.slot = ''
  save(heldKey, node)
  redis.call('HDEL', waiting, slot)
  tell({type = 'slot-released', cluster = cluster, node = name, wave = req.wave, slot = slot})
  wake()
end

local function leave(kind)
  redis.call('SREM', live, slot)
  stopWaiting(slot, cluster, req.wave)
  return answer({kind = kind})
end
local function closed(reasons)
  waitFor(slot, cluster, req.wave, reasons)
  return answer({kind = 'closed', reasons = reasons})
end

if redis.call('HGET', meta, 'open:' .. cluster) ~= tostring(req.wave) then return leave('retired') end
if redis.call('SISMEMBER', live, slot) == 0 then return leave('retired') end
local k = tonumber(redis.call('HGET', meta, 'k:' .. field))
local counted = redis.call('SCARD', live)
if counted > k then
  for _, other in ipairs(redis.call('SMEMBERS', live)) do
    local heldBy = redis.call('HGET', holding, other)
    if heldBy and load(heldBy).state == 'failed' then counted = counted - 1 end
  end
end
if counted > k then return leave('retired') end
local open = {}
for _, candidate in ipairs(req.candidates) do
  local node = load(cluster .. '/' .. candidate.node)
  local fits = node and (candidate.adopt or node.wave == req.wave)
  if fits and node.state == 'pending' then open[#open + 1] = {candidate = candidate, node = node} end
end
if redis.call('SCARD', sets .. 'pending:' .. field) == 0 and #open == 0 then return leave('empty') end

if #req.closed > 0 then return closed(req.closed) end
local state = redis.call('HGET', meta, 'state')
if state ~= 'running' and state ~= 'stopping' then return closed({'the rollout is ' .. state}) end
if redis.call('HGET', holders, cluster) ~= rolloutId then
  return closed({'cluster ' .. cluster .. ' is held by rollout ' .. (redis.call('HGET', holders, cluster) or 'none')})
end
local age = now() - req.factsAtMs
if age > req.factsMaxAgeMs then
  return closed({string.format('the facts about cluster %s are older than %d ms', cluster, req.factsMaxAgeMs)})
end

-- Only now: a slot without a right, or facts too old, must not settle a node for good.
for _, item in ipairs(req.settle) do
  local node = load(cluster .. '/' .. item.node)
  if node and node.state == 'pending' then settle(cluster .. '/' .. item.node, node, item.state, item.reason) end
end
for _, item in ipairs(req.held) do
  local key = cluster .. '/' .. item.node
  local node = load(key)
  if node and node.state == 'pending' and redis.call('HGET', waiting, 'node ' .. key) ~= item.reason then
    redis.call('HSET', waiting, 'node ' .. key, item.reason)
    tell({type = 'node-held', cluster = cluster, node = item.node, reason = item.reason})
  end
end
local left = {}
for _, item in ipairs(open) do
  item.node = load(cluster .. '/' .. item.candidate.node)
  if item.node.state == 'pending' then
    left[#left + 1] = item
    if redis.call('HDEL', waiting, 'node ' .. cluster .. '/' .. item.candidate.node) == 1 then
      tell({type = 'node-held-over', cluster = cluster, node = item.candidate.node})
    end
  end
end
open = left
if redis.call('SCARD', sets .. 'pending:' .. field) == 0 and #open == 0 then return leave('empty') end

local away, awayCount, awayControl = {}, 0, {}
local function addAway(name)
  if not away[name] then
    away[name] = true
    awayCount = awayCount + 1
    local node = load(cluster .. '/' .. name)
    if node and node.controlPlane then awayControl[#awayControl + 1] = name end
  end
end
local holders_ = redis.call('SMEMBERS', claimed)
-- Failed nodes count as away, but not against the concurrency; those that are tried again come before new ones.
local busy, triedAgain = 0, {}
for _, name in ipairs(holders_) do
  addAway(name)
  local node = load(cluster .. '/' .. name)
  if node.state ~= 'failed' then busy = busy + 1
  elseif node.retryAsked and node.flag == '' then triedAgain[#triedAgain + 1] = name end
end
for _, name in ipairs(req.unavailable) do addAway(name) end
for _, name in ipairs(req.unavailableControlPlane) do
  addAway(name)
  local known = false
  for _, other in ipairs(awayControl) do known = known or other == name end
  if not known then awayControl[#awayControl + 1] = name end
end

-- Per budget: node -> its domain. A node that is in none is not known, and counts in all of them.
local domainOf = {}
for i, budget in ipairs(req.perDomain or {}) do
  domainOf[i] = {}
  for _, domain in ipairs(budget.domains) do
    for _, name in ipairs(domain.nodes) do domainOf[i][name] = domain end
  end
end
local function crowded(candidate)
  for _, domains in ipairs(domainOf) do
    local own = domains[candidate] or {name = 'domain not known', max = 1}
    local names = {}
    for name in pairs(away) do
      local domain = domains[name]
      local beside = not domain or not domains[candidate] or domain == own
      if beside and name ~= candidate then names[#names + 1] = name end
    end
    if #names + 1 > own.max then
      table.sort(names)
      return string.format('%s: %d of %d away: %s', own.name, #names, own.max, table.concat(names, ', '))
    end
  end
  return nil
end

-- The first node of the wave goes alone; the others wait until it is through and a person has looked.
local canary = 'canary ' .. cluster .. '/' .. (req.wave + 1)
local first = redis.call('HGET', meta, 'first:' .. field)
local function canaryObstacle()
  local kept = first and approvalOf(canary)
  if not kept or kept.state == 'used' then return nil end
  local node = load(cluster .. '/' .. first)
  if not settled(node) or redis.call('SISMEMBER', claimed, first) == 1 then
    return 'the first node of the wave goes alone: ' .. first .. ' is ' .. (settled(node) and 'recovering' or node.state)
  end
  if approved(canary, first .. ', the first node of the wave, is ' .. node.state) then return nil end
  return 'approval of ' .. canary .. ': nodetide approve ' .. canary
end
local alone = canaryObstacle()
local reasons = {}
local function refuse(candidate, node)
  if candidate.adopt then return nil end
  local shut = {unpack(req.shut)}
  if alone and candidate.node ~= first then shut[#shut + 1] = alone end
  if #shut > 0 then return table.concat(shut, '; ') end
  if candidate.shut then return candidate.shut end
  local spent = budgetSpent(cluster, node.wave)
  if spent then return spent end
  if busy >= k then return string.format('%d of %d nodes of the wave are away', busy, k) end
  if busy + #triedAgain >= k then
    table.sort(triedAgain)
    return 'tried again first: ' .. table.concat(triedAgain, ', ')
  end
  local others = awayCount - (away[candidate.node] and 1 or 0)
  if others + 1 > req.maxUnavailable then
    local names = {}
    for name in pairs(away) do names[#names + 1] = name end
    table.sort(names)
    return string.format('maxUnavailable %d: away are %s', req.maxUnavailable, table.concat(names, ', '))
  end
  if node.controlPlane then
    for _, name in ipairs(awayControl) do
      if name ~= candidate.node then return 'one control-plane node at a time: ' .. name .. ' is away' end
    end
  end
  return crowded(candidate.node)
end
for _, item in ipairs(open) do
  local reason = refuse(item.candidate, item.node)
  if not reason and req.onlyAsks then return answer({kind = 'free'}) end
  if not reason then
    local key, node = cluster .. '/' .. item.candidate.node, item.node
    node.state, node.round, node.slot = 'claimed', node.round + 1, slot
    node.step, node.attempt, node.reason = '', 0, ''
    save(key, node)
    redis.call('SREM', sets .. 'pending:' .. cluster .. '/' .. node.wave, item.candidate.node)
    redis.call('SADD', claimed, item.candidate.node)
    redis.call('HSET', holding, slot, key)
    -- The claim itself tells that the slot waits no longer, but only within the node's own wave.
    if node.wave == req.wave then redis.call('HDEL', waiting, slot) else stopWaiting(slot, cluster, req.wave) end
    redis.call('HSET', memory, key .. '/' .. node.round .. '/recovery', cjson.encode(req.shortBefore))
    redis.call('HSETNX', meta, 'first:' .. cluster .. '/' .. node.wave, item.candidate.node)
    if first and first ~= item.candidate.node and not item.candidate.adopt then useApproval(canary) end
    tell({type = 'node-claimed', cluster = cluster, node = item.candidate.node, wave = node.wave, slot = slot,
      round = node.round, adopted = item.candidate.adopt})
    return answer({kind = 'claimed', node = item.candidate.node, round = node.round})
  end
  local known = false
  for _, other in ipairs(reasons) do known = known or other == reason end
  if not known and #reasons < 5 then reasons[#reasons + 1] = reason end
end
for _, item in ipairs(req.held) do
  if #reasons < 5 then reasons[#reasons + 1] = item.node .. ': ' .. item.reason end
end
if #reasons == 0 then reasons[1] = 'no node can be taken now' end
return closed(reasons)
`;
