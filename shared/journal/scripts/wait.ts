/**
 * A rollout or cluster as a whole waits, or no longer does (reasons empty); said only when it changed. Request:
 * cluster, wave, slot (any stable name), reasons.
 */
export const WAIT = `
if #req.reasons == 0 then
  stopWaiting(req.slot, req.cluster, req.wave)
else
  local text = cjson.encode(req.reasons)
  if redis.call('HGET', waiting, req.slot) ~= text then
    redis.call('HSET', waiting, req.slot, text)
    tell({type = 'waiting', cluster = req.cluster, wave = req.wave, slot = req.slot, reasons = req.reasons})
  end
end
return answer({ok = true})
`;
