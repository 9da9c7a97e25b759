/**
 * Keeps as many slots registered for an open wave as its concurrency asks for (never more than there are nodes to
 * take), with ever new numbers. Those that hold a failed node do not count while the failure budgets bear it. Request: cluster, wave. Answers the ids of all live slots.
 */
export const SLOTS = `
local field = req.cluster .. '/' .. req.wave
if redis.call('HGET', meta, 'open:' .. req.cluster) ~= tostring(req.wave) then
  return answer({open = false, ids = {}})
end
local live = sets .. 'slots:' .. field
local k = tonumber(redis.call('HGET', meta, 'k:' .. field))
local pending = redis.call('SCARD', sets .. 'pending:' .. field)
local idle, counted, bears = 0, 0, mayGiveBack(req.cluster, req.wave)
for _, id in ipairs(redis.call('SMEMBERS', live)) do
  local held = redis.call('HGET', holding, id)
  if not held then idle = idle + 1 end
  if not (bears and held and load(held).state == 'failed') then counted = counted + 1 end
end
while counted < k and idle < pending do
  local number = redis.call('HINCRBY', meta, 'slotSeq:' .. field, 1)
  redis.call('SADD', live, req.idPrefix .. number)
  idle, counted = idle + 1, counted + 1
end
return answer({open = true, ids = redis.call('SMEMBERS', live)})
`;
