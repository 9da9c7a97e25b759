/** Changes what is kept of a hold if it is still as it was read. KEYS: 1 the holds; ARGV: key, text before (empty: none), text after (empty: none). */
export const CHANGE_HOLD = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
`;
