/**
 * What the scripts of surveys begin with. KEYS: 1 surveys without their hosts (hash cluster → JSON), 2 versions (hash
 * cluster → count of changes), 3 beginning of a cluster's own keys `<cluster>:nodes` (hash node → JSON of its answer) and
 * `<cluster>:patched`, `<cluster>:done` (hashes node → ms); ARGV: 1 cluster.
 */
const BEGIN = `
local function nodesOf(cluster) return KEYS[3] .. cluster .. ':nodes' end
local function patchedOf(cluster) return KEYS[3] .. cluster .. ':patched' end
local function doneOf(cluster) return KEYS[3] .. cluster .. ':done' end
local function changed(cluster) redis.call('HINCRBY', KEYS[2], cluster, 1) end
local function answers(cluster, from)
  for at = from, #ARGV, 2 do redis.call('HSET', nodesOf(cluster), ARGV[at], ARGV[at + 1]) end
end
`;

/** When a host was patched that is in no survey any more is known for so long: where hosts are replaced, names come without end. */
const GONE_KEPT_MS = 400 * 86_400_000;

/** ARGV 2 the survey without its hosts, then node and answer in turn. */
export const KEEP_SURVEY = `${BEGIN}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('DEL', nodesOf(ARGV[1]))
answers(ARGV[1], 3)
local before = redis.call('TIME')[1] * 1000 - ${GONE_KEPT_MS}
for _, key in ipairs({doneOf(ARGV[1]), patchedOf(ARGV[1])}) do
  local all = redis.call('HGETALL', key)
  for at = 1, #all, 2 do
    local gone = tonumber(all[at + 1]) < before and redis.call('HEXISTS', nodesOf(ARGV[1]), all[at]) == 0
    if gone then redis.call('HDEL', key, all[at]) end
  end
end
changed(ARGV[1])
`;

/** ARGV 2 on: node and answer in turn. */
export const KEEP_ANSWERS = `${BEGIN}
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return end
answers(ARGV[1], 2)
changed(ARGV[1])
`;

/** ARGV 2 node, 3 when a rollout was done with it, ms, 4 when it was patched; 0: it was not. */
export const KEEP_NODE_DONE = `${BEGIN}
local function later(key, at)
  if tonumber(redis.call('HGET', key, ARGV[2]) or '0') >= tonumber(at) then return end
  redis.call('HSET', key, ARGV[2], at)
end
later(doneOf(ARGV[1]), ARGV[3])
later(patchedOf(ARGV[1]), ARGV[4])
changed(ARGV[1])
`;

/** ARGV 1 the fleet file, then the clusters that stay. When nodes were patched stays known. */
export const FORGET_SURVEYS = `${BEGIN}
local stays = {}
for at = 2, #ARGV do stays[ARGV[at]] = true end
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if not stays[all[at]] and cjson.decode(all[at + 1]).fleetFile == ARGV[1] then
    redis.call('HDEL', KEYS[1], all[at])
    redis.call('DEL', nodesOf(all[at]))
    changed(all[at])
  end
end
`;
