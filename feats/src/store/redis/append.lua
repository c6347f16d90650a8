-- Appends a revision if the newest one of its feature is still the expected one, and adds it to the stream of changes.
-- Returns OK; or in a conflict the version and the value of the newest revision, or nil if there is none.
local current, history, versions, changes, epoch = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local feature, expected, version, revision, id, new_epoch, kept, largest = unpack(ARGV)

-- These reads fail on a key of the wrong type, which ends the script before the first write.
local newest = redis.call('HGET', current, feature)
local last = redis.call('XREVRANGE', changes, '+', '-', 'COUNT', 1)[1]
redis.call('HEXISTS', versions, feature)
redis.call('GET', epoch)

local header, no_hash = '^(%d+ %x+) [01] (%d+)\n', ' ' .. string.rep('0', 64)
local stamp, length = (newest or ''):match(header)
if not stamp then
    -- Missing or damaged: the history has the revision too. If it is damaged there as well, its version is the id of the entry.
    local entry = redis.call('XREVRANGE', history, '+', '-', 'COUNT', 1)[1]
    if entry then
        newest = entry[2][2] or ''
        stamp, length = newest:match(header)
        stamp = stamp or (entry[1]:match('^%d+') .. no_hash)
    end
end

if (stamp or ('0' .. no_hash)) ~= expected then
    if not stamp then
        return false
    end
    local number = stamp:match('^%d+')
    local start = (newest:find('\n', 1, true) or 0) + 1
    if length and newest:sub(start, start + length - 1) == id then
        -- The writer's own revision: the reply to an earlier attempt was lost. WAIT covers only writes of this connection, so
        -- write something.
        redis.call('HSET', versions, feature, number)
    end
    return { number, newest }
end

local top = redis.call('XREVRANGE', history, '+', '-', 'COUNT', 1)[1]
top = top and top[1] or '0-0'

-- Adds a revision to the history. A stream remembers the greatest id even of deleted entries, so it may have to be reset.
local function add_to_history(number, value)
    local added = redis.pcall('XADD', history, number .. '-0', 'revision', value)
    if added.err and added.err:find('equal or smaller', 1, true) and tonumber(top:match('^%d+')) < tonumber(number) then
        redis.call('XSETID', history, top)
        added = redis.pcall('XADD', history, number .. '-0', 'revision', value)
    end
    top = added.err and top or number .. '-0'
    return added
end

-- Restores the revision in `current` to a history that was deleted or truncated.
local in_current = stamp and length and stamp:match('^%d+')
if in_current and tonumber(in_current) > tonumber(top:match('^%d+')) then
    local added = add_to_history(in_current, newest)
    if added.err then
        return added
    end
end

local before = ''
if last then
    for field = 1, #last[2], 2 do
        if last[2][field] == 'id' then
            before = last[2][field + 1]
        end
    end
end
local added = add_to_history(version, revision)
if added.err then
    return added
end
redis.call('HSET', current, feature, revision)
redis.call('HSET', versions, feature, version)
local change = { 'feature', feature, 'version', version, 'id', id, 'after', before }
if #revision <= tonumber(largest) then
    change[9], change[10] = 'revision', revision
end
redis.call('XADD', changes, 'MAXLEN', '~', kept, '*', unpack(change))
redis.call('SET', epoch, new_epoch, 'NX')
return redis.status_reply('OK')
