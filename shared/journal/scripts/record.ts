/**
 * What came of a step. Only the newest epoch of the claim's own round is heard. Request: key, round, step, epoch,
 * outcome, reason, event; ARGV 4: what to keep, as JSON (the proof, the memory, or
 * what is known of the hooks); ARGV 6, of `failed`: what is to be known of the hooks from now on, or empty. Outcomes: `memory`, `hooks`, `waiting`, `held`,
 * `attempt-failed`, `failing` (counts against the budget already), `failed`, `done`, `skipped`, and `check` (nothing is
 * kept: may we still act?).
 * Answers {ok, why}: why is `superseded`, `flagged` (a person asked to skip, abort or begin anew) or `held`.
 */
export const RECORD = `
local node = load(req.key)
local cluster, name = split(req.key)
if not node or node.round ~= req.round or node.epoch ~= req.epoch or node.step ~= req.step
  or node.state ~= 'claimed' then
  return answer({ok = false, why = 'superseded'})
end
local at = req.key .. '/' .. req.round .. '/' .. req.step
local hooks = req.key .. '/' .. req.round .. '/hooks'
local outcome = req.outcome
-- A report may come twice: a client whose connection broke before the answer sends it again.
if redis.call('HEXISTS', results, at) == 1 then return answer({ok = outcome == 'done', why = 'superseded'}) end
if outcome == 'check' then
  if node.flag ~= '' then return answer({ok = false, why = 'flagged'}) end
  if (req.step == 'upgrade' or req.step == 'reboot') and budgetSpent(cluster, node.wave, req.key) then
    return answer({ok = false, why = 'held'})
  end
elseif outcome == 'memory' then
  if ARGV[5] ~= '' and redis.call('HGET', memory, at) ~= ARGV[4] then
    -- The reason people see is the event's now: the next waiting is told, whatever it was before.
    node.reason = ''
    save(req.key, node)
    tell(ARGV[5])
  end
  redis.call('HSET', memory, at, ARGV[4])
elseif outcome == 'hooks' then
  if ARGV[5] ~= '' and redis.call('HGET', memory, hooks) ~= ARGV[4] then tell(ARGV[5]) end
  redis.call('HSET', memory, hooks, ARGV[4])
elseif outcome == 'waiting' then
  local isNew = node.reason ~= req.reason
  if isNew or (req.forOthers and not node.forOthers) then
    node.reason, node.forOthers = req.reason, req.forOthers
    save(req.key, node)
  end
  if isNew then tell(ARGV[5]) end
elseif outcome == 'held' then
  -- Attempt 0: it has to begin anew, and the time it is held does not count against its own.
  node.reason, node.attempt, node.forOthers = req.reason, 0, nil
  save(req.key, node)
  tell(ARGV[5])
elseif outcome == 'attempt-failed' then
  if node.flag ~= '' then return answer({ok = false, why = 'flagged'}) end
  node.reason = req.reason
  save(req.key, node)
  tell(ARGV[5])
elseif outcome == 'failing' then
  redis.call('SADD', failed, req.key)
elseif outcome == 'failed' then
  if node.flag ~= '' then return answer({ok = false, why = 'flagged'}) end
  node.state, node.reason = 'failed', req.reason
  save(req.key, node)
  redis.call('SADD', failed, req.key)
  if ARGV[6] ~= '' then redis.call('HSET', memory, hooks, ARGV[6]) end
  tell(ARGV[5])
  wake()
elseif outcome == 'done' then
  redis.call('HSET', results, at, ARGV[4])
  redis.call('HDEL', memory, at)
  redis.call('SREM', failed, req.key)
  node.reason = ''
  tell(ARGV[5])
  if req.step == 'uncordon' then
    node.state = 'done'
    tell({type = 'node-done', cluster = cluster, node = name, round = req.round})
    wake()
  end
  if node.state == 'done' and node.flag == 'redo' then beginAnew(req.key, node) else save(req.key, node) end
elseif outcome == 'skipped' then
  redis.call('HSET', results, at, ARGV[4])
  tell(ARGV[5])
  if node.flag == 'redo' then beginAnew(req.key, node)
  else settle(req.key, node, node.flag == 'abort' and 'aborted' or 'skipped', req.reason) end
end
return answer({ok = true})
`;
