-- Determines whether this server has lost changes that a watcher saw. If so, begins a new epoch, which all programs see.
-- Returns 1 if changes were lost, else 0.
local epoch, changes = KEYS[1], KEYS[2]
local known, seen, id, new_epoch = unpack(ARGV)

if redis.call('GET', epoch) ~= known or seen == '0-0' then
    return 0
end
local lost
local entry = redis.call('XRANGE', changes, seen, seen)[1]
if entry then
    -- The position exists, but it may hold another change.
    lost = true
    for field = 1, #entry[2], 2 do
        if entry[2][field] == 'id' and entry[2][field + 1] == id then
            lost = false
        end
    end
elseif redis.call('XRANGE', changes, '-', seen, 'COUNT', 1)[1] then
    -- Older entries exist, so the position was not trimmed.
    lost = true
elseif redis.call('EXISTS', changes) == 0 then
    lost = true
else
    -- All entries are newer. The position was trimmed, unless the stream never reached it.
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
