/**
 * The reconciler found a step's job failed although the step itself said nothing (BullMQ's stall limit: the processor
 * never ran). Request: key, round, step, reason, event. Answers {ok}.
 */
export const STALLED = `
local node = load(req.key)
if not node or node.round ~= req.round or node.state ~= 'claimed'
  or redis.call('HEXISTS', results, req.key .. '/' .. req.round .. '/' .. req.step) == 1 then
  return answer({ok = false})
end
node.state, node.step, node.reason = 'failed', req.step, req.reason
save(req.key, node)
redis.call('SADD', failed, req.key)
tell(req.event)
wake()
return answer({ok = true})
`;
