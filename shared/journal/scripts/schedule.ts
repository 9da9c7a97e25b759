import { FAR_AHEAD_MS } from '../../domain/schedule.ts';
import { ADD_TO_OUTBOX } from './outbox.ts';

/** Starts kept of each schedule. */
const STARTS_KEPT = 20;

/**
 * What the scripts of schedules begin with. KEYS: 1 schedules (hash name → JSON), 2 beginning of a schedule's own keys
 * `<name>:starts` (hash due → JSON) and `<name>:state` (hash), 3 beginning of the outbox's keys; ARGV: 1 name. Due instants travel as text.
 */
const BEGIN = `
local name = ARGV[1]
local function startsOf(n) return KEYS[2] .. n .. ':starts' end
local function stateOf(n) return KEYS[2] .. n .. ':state' end
local starts, state = startsOf(name), stateOf(name)
local function now()
  local t = redis.call('TIME')
  return string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
end
-- Only a clock that was wrong sees so far ahead: no schedule may be silent until then.
local function isFarAhead(at) return tonumber(at) > tonumber(now()) + ${FAR_AHEAD_MS} end
local function seenOf(n)
  local at = redis.call('HGET', stateOf(n), 'seen') or '0'
  return isFarAhead(at) and 0 or tonumber(at)
end
local function seen(n, at)
  if tonumber(at) > seenOf(n) then redis.call('HSET', stateOf(n), 'seen', at) end
end
local function forget(n)
  redis.call('DEL', startsOf(n), stateOf(n))
  return redis.call('HDEL', KEYS[1], n)
end
local function isOver(text) return cjson.decode(text).outcome ~= cjson.null end
`;

/** ARGV 2 the schedule. Answer: 1 added, 0 the name is taken. */
export const ADD_SCHEDULE = `${BEGIN}
if redis.call('HSETNX', KEYS[1], name, ARGV[2]) == 0 then return 0 end
redis.call('DEL', starts, state)
seen(name, now())
return 1
`;

/** Answer: 1 removed, 0 there was none. */
export const REMOVE_SCHEDULE = `${BEGIN}
return forget(name)
`;

/** ARGV 1 the fleet file, then name and schedule in turn. Answer: names that are taken. */
export const PUBLISH_SCHEDULES = `${BEGIN}
local file = ARGV[1]
local function isOurs(text)
  local it = cjson.decode(text)
  return it.origin == 'file' and it.fleetFile == file
end
local meant, taken = {}, {}
for at = 2, #ARGV, 2 do
  local n, text = ARGV[at], ARGV[at + 1]
  local before = redis.call('HGET', KEYS[1], n)
  meant[n] = true
  if before and not isOurs(before) then table.insert(taken, n)
  elseif not before then
    redis.call('HSET', KEYS[1], n, text)
    seen(n, now())
  else
    local old, new = cjson.decode(before), cjson.decode(text)
    -- Times that were none before are not made up for.
    if old.cron ~= new.cron or old.zone ~= new.zone then seen(n, now()) end
    redis.call('HSET', KEYS[1], n, text)
  end
end
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if not meant[all[at]] and isOurs(all[at + 1]) then forget(all[at]) end
end
return taken
`;

/** ARGV 2 due, 3 by. Answer: schedule and record, or nothing when it is over. */
export const CLAIM_START = `${BEGIN}
local due, by = ARGV[2], ARGV[3]
local schedule = redis.call('HGET', KEYS[1], name)
if not schedule then return {} end
local record = redis.call('HGET', starts, due)
if record then
  if isOver(record) then return {} end
  return {schedule, record}
end
if by == '' then
  if isFarAhead(due) or tonumber(due) <= seenOf(name) then return {} end
  seen(name, due)
end
record = cjson.encode({dueMs = tonumber(due), by = by, begunAtMs = tonumber(now()), waitsFor = '', outcome = cjson.null})
redis.call('HSET', starts, due, record)
return {schedule, record}
`;

/** ARGV 2 due, 3 what it waits for. Answer: 1 it waits, 0 another one does. */
export const WAIT_START = `${BEGIN}
local due = ARGV[2]
local other = redis.call('HGET', state, 'waiting')
if other and other ~= due then
  local text = redis.call('HGET', starts, other)
  if text and not isOver(text) then return 0 end
end
local text = redis.call('HGET', starts, due)
if not text then return 1 end
local record = cjson.decode(text)
record.waitsFor = ARGV[3]
redis.call('HSET', starts, due, cjson.encode(record))
redis.call('HSET', state, 'waiting', due)
return 1
`;

/** ARGV 2 due, 3 the outcome, 4 messages for the outbox. Answer: 1 settled, 0 it does not count. */
export const SETTLE_START = `${BEGIN}${ADD_TO_OUTBOX}
local due = ARGV[2]
local text = redis.call('HGET', starts, due)
if not text then return 0 end
local outcome = cjson.decode(ARGV[3])
if isOver(text) and outcome.kind ~= 'started' then return 0 end
local record = cjson.decode(text)
record.outcome = outcome
record.waitsFor = ''
redis.call('HSET', starts, due, cjson.encode(record))
if redis.call('HGET', state, 'waiting') == due then redis.call('HDEL', state, 'waiting') end
addToOutbox(KEYS[3], cjson.decode(ARGV[4]))
local dues = redis.call('HKEYS', starts)
table.sort(dues, function(a, b) return tonumber(a) < tonumber(b) end)
for at = 1, #dues - ${STARTS_KEPT} do
  if isOver(redis.call('HGET', starts, dues[at])) then redis.call('HDEL', starts, dues[at]) end
end
return 1
`;
