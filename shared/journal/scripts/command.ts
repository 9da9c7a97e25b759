import { APPROVALS, APPROVE } from './approvals.ts';
import { LIMIT_COMMANDS } from './command/limits.ts';
import { NODE_COMMANDS } from './command/nodes.ts';
import { ROLLOUT_COMMANDS } from './command/rollout.ts';

/** What every command begins with. `already`: the same act has been done before; nothing is changed, nothing told. */
const HEAD = `${APPROVALS}
local retry = {}
local function refuse(note) return answer({ok = false, note = note, retry = retry}) end
local function already(note) return answer({ok = true, note = 'already ' .. note, retry = retry}) end
local function so(note) return already('so: ' .. note) end
local function accept(note) wake(); return answer({ok = true, note = note, retry = retry}) end
local state, kind = redis.call('HGET', meta, 'state'), req.kind
if not state then return refuse('there is no rollout ' .. rolloutId) end
if state == 'aborted' and kind == 'abort' then return already('aborted: the rollout has ended') end
if state == 'done' or state == 'aborted' then return refuse('the rollout has ended: ' .. state) end
local function again(key, node) retry[#retry + 1] = {key = key, round = node.round, step = node.step} end
local function flag(key, node, wish)
  node.flag = wish
  save(key, node)
  if node.state == 'failed' then again(key, node) end
end
local function waveName(cluster, wave) return string.format('%s/%d', cluster, wave + 1) end
`;

/**
 * A person's act, checked and told in one step. Request: the fields of a Command, by, why, keys (all nodes, for abort).
 * Answers {ok, note, retry}: retry lists the nodes (key, round, step) whose failed job must be retried so that the chain
 * goes on or completes through. The same act again is `ok`, its note begins with `already`, and nothing is told.
 */
export const COMMAND =
  HEAD + APPROVE + ROLLOUT_COMMANDS + LIMIT_COMMANDS + NODE_COMMANDS + "return refuse('unknown command ' .. kind)\n";
