/** Commands that change a limit: concurrency, failure-budget. */
export const LIMIT_COMMANDS = `
local function wholeFrom(least, value) return value >= least and value == math.floor(value) end

if kind == 'concurrency' then
  local field, name = 'k:' .. req.cluster .. '/' .. req.wave, waveName(req.cluster, req.wave)
  local now = tonumber(redis.call('HGET', meta, field) or '')
  if not now then return refuse('there is no wave ' .. name) end
  if not wholeFrom(1, req.concurrency) then return refuse('concurrency must be a whole number from 1') end
  if redis.call('HEXISTS', meta, 'mark:wave-done:' .. req.cluster .. '/' .. req.wave) == 1 then
    return refuse('wave ' .. name .. ' is over')
  end
  if now == req.concurrency then return so(string.format('concurrency of wave %s is %d', name, now)) end
  redis.call('HSET', meta, field, req.concurrency)
  tell({type = 'concurrency-changed', cluster = req.cluster, wave = req.wave, concurrency = req.concurrency,
    by = req.by, why = req.why})
  return accept(string.format('concurrency of wave %s is now %d', name, req.concurrency))
elseif kind == 'failure-budget' then
  local place, field, name = req.place, 'failureBudget', 'the rollout'
  if place.of ~= 'rollout' then
    local wave = place.of == 'wave' and place.wave or 0
    if redis.call('HEXISTS', meta, 'k:' .. place.cluster .. '/' .. wave) == 0 then
      return refuse('there is no ' .. place.of .. ' ' ..
        (place.of == 'wave' and waveName(place.cluster, wave) or place.cluster))
    end
    field = budgetField(place.cluster, place.of == 'wave' and place.wave or nil)
    name = place.of .. ' ' .. (place.of == 'wave' and waveName(place.cluster, wave) or place.cluster)
  end
  if not wholeFrom(0, req.budget) then return refuse('a failure budget must be a whole number from 0') end
  if tonumber(redis.call('HGET', meta, field) or '') == req.budget then
    return so(string.format('failure budget of %s is %d', name, req.budget))
  end
  redis.call('HSET', meta, field, req.budget)
  tell({type = 'failure-budget-changed', place = place, budget = req.budget, by = req.by, why = req.why})
  return accept(string.format('failure budget of %s is now %d', name, req.budget))
end
`;
