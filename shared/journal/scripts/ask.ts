import { APPROVALS } from './approvals.ts';

/**
 * Whether a place may begin. Request: place (its name), soak {mark, soakMs} or null, wants, sinceMark, trouble, give (why
 * it is approved by itself, or ''). Answers {open, nowMs, soakUntilMs?, wanted? {sinceMs, wellSinceMs?}}. Nothing keeps a
 * rollout that is aborting: nothing new begins in it.
 */
export const ASK = `${APPROVALS}
local state = redis.call('HGET', meta, 'state')
if state == 'aborting' or state == 'done' or state == 'aborted' then return answer({open = true, nowMs = now()}) end
local name = req.place
local ok, kept = approved(name, req.wants and 'it asks for one before it begins' or nil)
if not ok and kept.state ~= 'wanted' then ok = true end
if not ok and kept.autoMs then
  if req.trouble or redis.call('SCARD', failed) > 0 then
    kept.wellSinceMs, kept.troubled = nil, true
  elseif not kept.wellSinceMs then
    local mark = redis.call('HGET', meta, 'mark:' .. req.sinceMark)
    -- What was not well just now counts from now on.
    kept.wellSinceMs = kept.troubled and now() or tonumber(mark or '') or kept.sinceMs
  end
  keepApproval(name, kept)
  -- Whoever says so may have been overtaken by one who saw trouble.
  if req.give ~= '' and kept.wellSinceMs and now() - kept.wellSinceMs >= kept.autoMs then
    giveApproval(name, kept, 'nodetide', req.give, kept.expiresMs and now() + kept.expiresMs or nil)
    wake()
    ok = true
  end
end
local untilMs = req.soak ~= cjson.null and soakUntil(req.soak) or nil
return answer({open = ok and not untilMs, nowMs = now(), soakUntilMs = untilMs,
  wanted = not ok and {sinceMs = kept.sinceMs, wellSinceMs = kept.wellSinceMs} or nil})
`;
