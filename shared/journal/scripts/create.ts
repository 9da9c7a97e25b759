/**
 * Creates a rollout and takes all its clusters, or none. KEYS and ARGV as in the prelude, and KEYS 10 rollouts,
 * 11 plan; ARGV 4 the plan. Request: meta (hash fields), clusters, nodes (key → record), approvals (place → what is kept), event.
 */
export const CREATE = `
-- Ids are never used twice: this very call was sent again after a lost connection.
if redis.call('EXISTS', meta) == 1 then return answer({ok = true}) end
for _, cluster in ipairs(req.clusters) do
  local holder = redis.call('HGET', holders, cluster)
  if holder then return answer({ok = false, why = 'held', cluster = cluster, holder = holder}) end
end
for _, cluster in ipairs(req.clusters) do redis.call('HSET', holders, cluster, rolloutId) end
for field, value in pairs(req.meta) do redis.call('HSET', meta, field, tostring(value)) end
local at = now()
redis.call('HSET', meta, 'createdAtMs', string.format('%.0f', at))
redis.call('SET', KEYS[11], ARGV[4])
for key, node in pairs(req.nodes) do
  local cluster, name = split(key)
  save(key, node)
  redis.call('SADD', sets .. 'pending:' .. cluster .. '/' .. node.wave, name)
end
for field, k in pairs(req.concurrency) do redis.call('HSET', meta, 'k:' .. field, k) end
for name, kept in pairs(req.approvals) do redis.call('HSET', sets .. 'approvals', name, cjson.encode(kept)) end
redis.call('ZADD', KEYS[10], at, rolloutId)
tell(req.event)
return answer({ok = true})
`;
