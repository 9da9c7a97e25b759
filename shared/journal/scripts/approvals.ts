/**
 * Approvals as the scripts keep them: a hash of `place → {place, expiresMs?, autoMs?, state ('' | wanted | given | used),
 * sinceMs, expiresAtMs?, wellSinceMs?, troubled?, reason?}` with a field for each place at which the plan asks for one.
 */
export const APPROVALS = `
local approvals = sets .. 'approvals'
local function approvalOf(name)
  local text = redis.call('HGET', approvals, name)
  return text and cjson.decode(text) or nil
end
local function keepApproval(name, kept) redis.call('HSET', approvals, name, cjson.encode(kept)) end
local function forgetApproval(name, kept, reason)
  kept.state, kept.reason, kept.expiresAtMs, kept.wellSinceMs, kept.troubled = '', reason, nil, nil, nil
  keepApproval(name, kept)
end
-- One that nothing began by in time is none any more.
local function expireApproval(name, kept)
  if kept.state ~= 'given' or not kept.expiresAtMs or now() < kept.expiresAtMs then return end
  forgetApproval(name, kept, 'the one given has expired')
  tell({type = 'approval-expired', place = kept.place})
end
local function giveApproval(name, kept, by, why, expiresAtMs)
  kept.state, kept.sinceMs, kept.by, kept.expiresAtMs = 'given', now(), by, expiresAtMs
  keepApproval(name, kept)
  tell({type = 'approved', place = kept.place, by = by, why = why, expiresAtMs = expiresAtMs or cjson.null})
end
-- Whether approval is no obstacle for a place now. Tells what has expired; with a reason also what is wanted, each once.
local function approved(name, reason)
  local kept = approvalOf(name)
  if not kept or kept.state == 'used' then return true end
  expireApproval(name, kept)
  if kept.state == 'given' then return true end
  if kept.state == '' and reason then
    kept.state, kept.sinceMs, kept.by = 'wanted', now(), nil
    keepApproval(name, kept)
    tell({type = 'approval-wanted', place = kept.place, reason = kept.reason or reason})
  end
  return false, kept
end
local function useApproval(name)
  local kept = approvalOf(name)
  if not kept then return end
  kept.state = 'used'
  keepApproval(name, kept)
end
-- Until when a soak lasts; nil: it is over.
local function soakUntil(soak)
  local since = tonumber(redis.call('HGET', meta, 'mark:' .. soak.mark) or '')
  if not since then return nil end
  local untilMs = since + soak.soakMs
  return now() < untilMs and untilMs or nil
end
`;

/** The command fragment: a person gives an approval, or takes it back. Needs what every command begins with. */
export const APPROVE = `
if kind == 'approve' or kind == 'revoke' then
  local name = req.placeName
  local kept = approvalOf(name)
  if not kept then return refuse('no approval is asked for at ' .. name) end
  if state == 'aborting' then return refuse('the rollout is aborting') end
  expireApproval(name, kept)
  if kind == 'revoke' then
    if kept.state == 'used' then return refuse(name .. ' has begun; pause holds the rollout, abort ends it') end
    if kept.state ~= 'given' then return so('there is no approval of ' .. name) end
    forgetApproval(name, kept, 'the one given was taken back')
    tell({type = 'approval-revoked', place = kept.place, by = req.by, why = req.why})
    return accept('the approval of ' .. name .. ' is taken back')
  end
  if kept.state == 'used' then return so(name .. ' has begun') end
  local atMs = now()
  local untilMs = kept.expiresMs and atMs + kept.expiresMs or nil
  if req.expiresAtMs ~= cjson.null then untilMs = req.expiresAtMs end
  if untilMs and untilMs <= atMs then return refuse('an approval that has expired already is none') end
  if kept.state == 'given' and (req.expiresAtMs == cjson.null or kept.expiresAtMs == untilMs) then
    return so(name .. ' was approved by ' .. kept.by)
  end
  giveApproval(name, kept, req.by, req.why, untilMs)
  return accept(name .. ' is approved')
end
`;
