/**
 * Keeps what a verified node has installed, in the set of its stage and group; only the newest epoch of the claim's own
 * round is heard. Request: key, round, step, epoch, place (`stage/group`); ARGV 4: the members, as a JSON list.
 * Answers {ok, why}.
 */
export const PROVE = `
local node = load(req.key)
if not node or node.round ~= req.round or node.epoch ~= req.epoch or node.step ~= req.step
  or node.state ~= 'claimed' then
  return answer({ok = false, why = 'superseded'})
end
local members = cjson.decode(ARGV[4])
-- Lua hands over at most some thousand words at once.
for from = 1, #members, 1000 do
  redis.call('SADD', sets .. 'proven:' .. req.place, unpack(members, from, math.min(from + 999, #members)))
end
redis.call('SADD', sets .. 'proven', req.place)
return answer({ok = true})
`;
