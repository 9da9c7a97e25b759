/**
 * A step begins, or comes back. Request: key, round, step, previous ('' for the first), attempt, earlier (the steps
 * before it). Answers kind: go {epoch, elapsedMs, waited, memory, hooks, proofs} | already | skip {reason} (the node is settled, or what asks is of a round gone by) | hold {reason} |
 * failed {reason} (it has, and nobody asked for a retry) | superseded {reason} | predecessor-missing {previous}.
 */
export const BEGIN = `
local node = load(req.key)
local cluster, name = split(req.key)
if not node then return answer({kind = 'superseded', reason = 'the rollout is gone'}) end
-- What is left of a round that a person had begun anew runs through and does nothing.
if req.round < node.round then return answer({kind = 'skip', reason = 'round ' .. node.round .. ' has begun'}) end
if req.round > node.round then return answer({kind = 'superseded', reason = 'it is round ' .. node.round}) end
local at = req.key .. '/' .. req.round .. '/'
if redis.call('HEXISTS', results, at .. req.step) == 1 then return answer({kind = 'already'}) end
if settled(node) then return answer({kind = 'skip', reason = 'the node is ' .. node.state, settled = true}) end
if node.state == 'pending' then
  if node.round > 0 then return answer({kind = 'skip', reason = 'the node is done anew'}) end
  return answer({kind = 'superseded', reason = 'the node is not claimed'})
end
if req.previous ~= '' and redis.call('HEXISTS', results, at .. req.previous) == 0 then
  return answer({kind = 'predecessor-missing', previous = req.previous})
end
if node.state == 'failed' and node.flag == '' and not node.retryAsked then
  return answer({kind = 'failed', reason = node.reason})
end
local function hold(reason)
  if node.reason ~= reason then
    -- Attempt 0: the time it is held does not count against the step's own.
    node.reason, node.attempt = reason, 0
    save(req.key, node)
    tell({type = 'step-waiting', cluster = cluster, node = name, round = req.round, step = req.step, reason = reason,
      held = true})
  end
  return answer({kind = 'hold', reason = reason})
end
-- A failed node whose slot was given back takes one again.
if node.state == 'failed' and node.flag == '' and mayGiveBack(cluster, node.wave) then
  local k, busy = tonumber(redis.call('HGET', meta, 'k:' .. cluster .. '/' .. node.wave)), 0
  for _, other in ipairs(redis.call('SMEMBERS', sets .. 'claimed:' .. cluster)) do
    local beside = load(cluster .. '/' .. other)
    if beside.wave == node.wave and beside.state ~= 'failed' then busy = busy + 1 end
  end
  if busy >= k then return hold(string.format('waits for a slot: %d of %d nodes of the wave are away', busy, k)) end
end
-- A step that has begun goes on: its own guard holds it before it changes anything, and a host that is rebooting is
-- waited for.
local begun = node.state == 'claimed' and node.step == req.step and node.attempt > 0
if not begun and node.flag == '' and (req.step == 'upgrade' or req.step == 'reboot')
  and budgetSpent(cluster, node.wave, req.key) then
  return hold('failure budget spent: held before ' .. req.step)
end
local time = now()
local anew = node.state == 'failed' or node.step ~= req.step or node.attempt ~= req.attempt
if anew then
  node.startedAtMs = time
  node.state, node.step, node.attempt, node.reason, node.forOthers = 'claimed', req.step, req.attempt, '', nil
end
node.epoch = math.max(node.epoch + 1, time)
node.retryAsked = false
save(req.key, node)
if anew then
  tell({type = 'step-started', cluster = cluster, node = name, round = req.round, step = req.step,
    attempt = req.attempt, epoch = node.epoch})
end
local proofs = {}
for i, step in ipairs(req.earlier) do proofs[i] = redis.call('HGET', results, at .. step) or '' end
return answer({kind = 'go', epoch = node.epoch, elapsedMs = time - node.startedAtMs,
  installation = redis.call('HGET', meta, 'installation') or '', flag = node.flag, waited = node.forOthers or false,
  memory = redis.call('HGET', memory, at .. req.step) or '',
  hooks = redis.call('HGET', memory, at .. 'hooks') or '', proofs = proofs})
`;
