/**
 * Keeps as many slots registered for an open wave as its concurrency asks for (never more than there are nodes to
 * take), with ever new numbers. Request: cluster, wave. Answers the ids of all live slots.
 */
export const SLOTS = `
local field = req.cluster .. '/' .. req.wave
if redis.call('HGET', meta, 'open:' .. req.cluster) ~= tostring(req.wave) then
  return answer({open = false, ids = {}})
end
local live = sets .. 'slots:' .. field
local k = tonumber(redis.call('HGET', meta, 'k:' .. field))
local pending = redis.call('SCARD', sets .. 'pending:' .. field)
local idle = 0
for _, id in ipairs(redis.call('SMEMBERS', live)) do
  if redis.call('HEXISTS', holding, id) == 0 then idle = idle + 1 end
end
while redis.call('SCARD', live) < k and idle < pending do
  local number = redis.call('HINCRBY', meta, 'slotSeq:' .. field, 1)
  redis.call('SADD', live, req.idPrefix .. number)
  idle = idle + 1
end
return answer({open = true, ids = redis.call('SMEMBERS', live)})
`;
