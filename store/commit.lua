-- The only writer of the store, apart from the indexes. Runs whole or not at all.
--
-- KEYS  every key touched, all of one slot
-- ARGV  the update's id or "", then, only with an id: the number of the key of processed updates, the time now, the time
--       from which updates are remembered
--       the number of checks, each: number of key, field, value it must have ("" = must be absent)
--       the operations up to the end, each: the command, "hinc" or "zinc", number of key, how many arguments, the arguments;
--       those of hinc and zinc are field, increment, field, increment...
--
-- Answers "ok", "dup" (the update was processed before) or "conflict" (a check failed); the last two have changed
-- nothing, but for forgetting old updates.

local at = 0
local function take()
  at = at + 1
  return ARGV[at]
end
local function take_key()
  return KEYS[tonumber(take())]
end
local function take_list()
  local list = {}
  for i = 1, tonumber(take()) do
    list[i] = take()
  end
  return list
end

-- One reading and one or two writings for all the counters of a key, rather than one call for each. What comes to 0 goes.
local function increase(key, values, read, write, remove, put)
  local fields, set, gone = {}, {}, {}
  for i = 1, #values, 2 do
    fields[#fields + 1] = values[i]
  end
  local old = redis.call(read, key, unpack(fields))
  for i, field in ipairs(fields) do
    local sum = tonumber(old[i] or 0) + tonumber(values[2 * i])
    if sum == 0 then
      gone[#gone + 1] = field
    else
      put(set, field, string.format("%.0f", sum))
    end
  end
  if #set > 0 then
    redis.call(write, key, unpack(set))
  end
  if #gone > 0 then
    redis.call(remove, key, unpack(gone))
  end
end
local function field_first(set, field, sum)
  set[#set + 1] = field
  set[#set + 1] = sum
end
local function score_first(set, field, sum)
  set[#set + 1] = sum
  set[#set + 1] = field
end

local update = take()
local seen, now
if update ~= "" then
  seen, now = take_key(), take()
  redis.call("ZREMRANGEBYSCORE", seen, "-inf", "(" .. take())
  if redis.call("ZSCORE", seen, update) then
    return "dup"
  end
end

for _ = 1, tonumber(take()) do
  local key, field = take_key(), take()
  if (redis.call("HGET", key, field) or "") ~= take() then
    return "conflict"
  end
end

if update ~= "" then
  redis.call("ZADD", seen, now, update)
end
while at < #ARGV do
  local op, key, values = take(), take_key(), take_list()
  if op == "hinc" then
    increase(key, values, "HMGET", "HSET", "HDEL", field_first)
  elseif op == "zinc" then
    increase(key, values, "ZMSCORE", "ZADD", "ZREM", score_first)
  else
    redis.call(op, key, unpack(values))
  end
end
return "ok"
