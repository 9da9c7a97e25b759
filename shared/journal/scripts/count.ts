/**
 * Adds to the totals and moves a rollout's position on, if it is still the one that was read: of several processes that
 * count the same events one is heard. KEYS: 1 positions, 2 totals, 3 successes, 4 rollouts; ARGV: 1 rollout, 2 the
 * position as read (empty: none), 3 the next one, 4 increments [[field, by]], 5 successes [[cluster, ms]]. Answers 1: done.
 */
export const COUNT = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if not redis.call('ZSCORE', KEYS[4], ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for _, each in ipairs(cjson.decode(ARGV[4])) do
  redis.call('HINCRBY', KEYS[2], each[1], string.format('%.0f', each[2]))
end
for _, each in ipairs(cjson.decode(ARGV[5])) do
  local known = tonumber(redis.call('HGET', KEYS[3], each[1]) or '0')
  if each[2] > known then redis.call('HSET', KEYS[3], each[1], string.format('%.0f', each[2])) end
end
return 1
`;
