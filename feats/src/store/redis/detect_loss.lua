-- Tells whether this server has lost changes that a watcher saw, and if so begins a new epoch, so that everyone learns
-- of it. The answer: 1 if it does.
local epoch, changes = KEYS[1], KEYS[2]
local known, seen, id, new_epoch = unpack(ARGV)

if redis.call('GET', epoch) ~= known or seen == '0-0' then
    return 0
end
local lost
local there = redis.call('XRANGE', changes, seen, seen)[1]
if there then
    -- The same place, but is it the same change?
    lost = true
    for field = 1, #there[2], 2 do
        if there[2][field] == 'id' and there[2][field + 1] == id then
            lost = false
        end
    end
elseif redis.call('XRANGE', changes, '-', seen, 'COUNT', 1)[1] then
    -- Trimming would have taken the older ones first.
    lost = true
elseif redis.call('EXISTS', changes) == 0 then
    lost = true
else
    -- Nothing that old is there. It was trimmed, unless the stream never got so far.
    local info = redis.call('XINFO', 'STREAM', changes)
    local last = '0-0'
    for field = 1, #info, 2 do
        if info[field] == 'last-generated-id' then
            last = info[field + 1]
        end
    end
    local last_time, last_number = last:match('^(%d+)-(%d+)$')
    local time, number = seen:match('^(%d+)-(%d+)$')
    last_time, last_number, time, number = tonumber(last_time), tonumber(last_number), tonumber(time), tonumber(number)
    lost = last_time < time or (last_time == time and last_number < number)
end
if lost then
    redis.call('SET', epoch, new_epoch)
    return 1
end
return 0
