/** Commands on the rollout as a whole: pause, resume, stop, abort. */
export const ROLLOUT_COMMANDS = `
if kind == 'pause' then
  if state == 'paused' then return already('paused') end
  if state == 'aborting' then return refuse('the rollout is aborting') end
  redis.call('HSET', meta, 'state', 'paused')
  tell({type = 'rollout-paused', by = req.by, why = req.why})
  return accept('paused: no further node is taken; those away finish')
elseif kind == 'resume' then
  if state == 'running' then return already('running') end
  if state == 'aborting' then return refuse('the rollout is aborting') end
  redis.call('HSET', meta, 'state', 'running')
  tell({type = 'rollout-resumed', by = req.by, why = req.why})
  return accept(state == 'stopping' and 'resumed: further waves are opened again' or 'resumed')
elseif kind == 'stop' then
  if state == 'stopping' then return already('stopping: no further wave is opened') end
  if state == 'paused' then return already('paused: nothing is taken before it is resumed') end
  if state == 'aborting' then return refuse('the rollout is aborting') end
  redis.call('HSET', meta, 'state', 'stopping')
  tell({type = 'rollout-stopping', by = req.by, why = req.why})
  if pauseOnceStopped() then return accept('paused: no wave is open, and none is opened') end
  return accept('stopping: no further wave is opened; paused once the open ones are done')
elseif kind == 'abort' then
  if state == 'aborting' then return already('aborting') end
  redis.call('HSET', meta, 'state', 'aborting')
  tell({type = 'rollout-aborting', by = req.by, why = req.why})
  for i = 1, #req.keys do
    local node = load(req.keys[i])
    if node and node.state == 'pending' then
      local when = node.round > 0 and 'while it waited to be done anew' or 'before it was begun'
      settle(req.keys[i], node, 'aborted', 'aborted ' .. when)
    elseif node and not settled(node) then flag(req.keys[i], node, 'abort') end
  end
  return accept('aborting: no further node is taken; those away end at their next safe point')
end
`;
