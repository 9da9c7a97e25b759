/**
 * A rollout or cluster as a whole waits, or no longer does (reasons empty); said only when it changed. Request:
 * cluster, wave, slot (any stable name), reasons.
 */
export const WAIT = `
if #req.reasons == 0 then
  stopWaiting(req.slot, req.cluster, req.wave)
else
  waitFor(req.slot, req.cluster, req.wave, req.reasons)
end
return answer({ok = true})
`;
