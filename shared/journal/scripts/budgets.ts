/** Functions about failure budgets, for all scripts, after the prelude. Budgets are sizes of sets of failed nodes. */
export const BUDGETS = `
local function budgetField(cluster, wave) return 'budget:' .. cluster .. (wave and '/' .. wave or '') end
-- Why nothing may begin in a wave, with the nodes that failed and count; nil: the budgets over it bear them.
-- counts(other, node) tells which do.
local function overBudget(cluster, wave, counts)
  local names = redis.call('SMEMBERS', failed)
  if #names == 0 then return nil end
  table.sort(names)
  local function spent(field, place, inside)
    local budget = tonumber(redis.call('HGET', meta, field) or '')
    if not budget then return nil end
    local counted = {}
    for _, other in ipairs(names) do
      local node = load(other)
      if node and inside(other, node) and counts(other, node) then counted[#counted + 1] = other end
    end
    if #counted <= budget then return nil end
    return 'failure budget spent' .. place .. ': ' .. table.concat(counted, ', ') .. ' failed'
  end
  local function inCluster(other) return (split(other)) == cluster end
  return spent('failureBudget', '', function() return true end)
    or spent(budgetField(cluster), ' in cluster ' .. cluster, inCluster)
    or spent(budgetField(cluster, wave), string.format(' in wave %s/%d', cluster, wave + 1),
      function(other, node) return inCluster(other) and node.wave == wave end)
end
-- While more nodes have failed than the budgets bear: no claim, and no further change of a host. key: a node that
-- failed itself and asks, is held only by those that nobody tries again: else none of them could ever succeed.
local function budgetSpent(cluster, wave, key)
  local own = key and redis.call('SISMEMBER', failed, key) == 1
  return overBudget(cluster, wave, function(other, node)
    return not own or (other ~= key and node.state == 'failed' and not node.retryAsked)
  end)
end
-- A failed node gives its slot back while the budgets bear it: it holds it still, but does not count.
local function mayGiveBack(cluster, wave)
  return not overBudget(cluster, wave, function(_, node) return node.state == 'failed' end)
end
`;
