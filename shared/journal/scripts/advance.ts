import { APPROVALS } from './approvals.ts';

/**
 * The tree's own progress, each said once. Request: mark (said once under this name), requires (marks that must be
 * there), event, place (what begins: its approval must be there) and soak {mark, soakMs}, each or null and both of no
 * account once the rollout is aborting, and, by `kind`: `wave-open` (cluster, wave; refused, and told as waiting, while the
 * rollout stops or is paused), `wave-done` (cluster, wave, keys: all must be settled),
 * `end` (keys: all must be settled; outcome; frees the clusters), `plain`.
 */
export const ADVANCE = `${APPROVALS}
local mark = 'mark:' .. req.mark
if redis.call('HEXISTS', meta, mark) == 1 then return answer({ok = true, first = false}) end
for _, other in ipairs(req.requires) do
  if redis.call('HEXISTS', meta, 'mark:' .. other) == 0 then
    return answer({ok = false, why = other .. ' has not been'})
  end
end
local aborting = redis.call('HGET', meta, 'state') == 'aborting'
if not aborting and req.soak ~= cjson.null and soakUntil(req.soak) then
  return answer({ok = false, why = 'soaking after ' .. req.soak.mark})
end
if req.place ~= cjson.null and not aborting and not approved(req.place) then
  return answer({ok = false, why = req.place .. ' is not approved'})
end
if req.kind == 'wave-done' or req.kind == 'end' then
  for i = 1, #req.keys do
    local node = load(req.keys[i])
    if node and not settled(node) then return answer({ok = false, why = req.keys[i] .. ' is ' .. node.state}) end
  end
end
local gate = req.kind == 'wave-open' and 'wave ' .. req.cluster .. '/' .. req.wave
if gate then
  local state = redis.call('HGET', meta, 'state')
  local why = state == 'stopping' and 'the rollout stops: no further wave is opened'
    or state == 'paused' and 'the rollout is paused'
  if why then
    waitFor(gate, req.cluster, req.wave, {why})
    return answer({ok = false, why = why})
  end
  stopWaiting(gate, req.cluster, req.wave)
  redis.call('HSET', meta, 'open:' .. req.cluster, req.wave)
end
if req.kind == 'wave-done' then redis.call('HDEL', meta, 'open:' .. req.cluster) end
if req.kind == 'end' then
  req.event.outcome = aborting and 'aborted' or 'done'
  redis.call('HSET', meta, 'state', req.event.outcome)
  for _, cluster in ipairs(req.clusters) do
    if redis.call('HGET', holders, cluster) == rolloutId then redis.call('HDEL', holders, cluster) end
  end
  -- Only its own later stages ask for what its earlier ones proved.
  for _, place in ipairs(redis.call('SMEMBERS', sets .. 'proven')) do redis.call('DEL', sets .. 'proven:' .. place) end
  redis.call('DEL', sets .. 'proven')
end
if req.place ~= cjson.null and not aborting then useApproval(req.place) end
redis.call('HSET', meta, mark, string.format('%.0f', now()))
tell(req.event)
if req.kind == 'wave-done' then pauseOnceStopped() end
return answer({ok = true, first = true})
`;
