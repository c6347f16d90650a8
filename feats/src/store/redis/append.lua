-- Appends a revision if the newest one of its feature is still the expected one, and tells the watchers.
-- The answer: OK, or the version and the value of the revision that stands instead, or nil where there is none.
local current, history, versions, changes, epoch = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local feature, expected, version, revision, id, new_epoch, kept, largest = unpack(ARGV)

-- What is read here fails on a key of the wrong type, and ends the script while nothing is written yet.
local newest = redis.call('HGET', current, feature)
local last = redis.call('XREVRANGE', changes, '+', '-', 'COUNT', 1)[1]
redis.call('HEXISTS', versions, feature)
redis.call('GET', epoch)

local header, no_hash = '^(%d+ %x+) [01] (%d+)\n', ' ' .. string.rep('0', 64)
local standing, length = (newest or ''):match(header)
if not standing then
    -- Not there, or damaged: the history has it too. If it is damaged there as well, its number is left.
    local entry = redis.call('XREVRANGE', history, '+', '-', 'COUNT', 1)[1]
    if entry then
        newest = entry[2][2] or ''
        standing, length = newest:match(header)
        standing = standing or (entry[1]:match('^%d+') .. no_hash)
    end
end

if (standing or ('0' .. no_hash)) ~= expected then
    if not standing then
        return false
    end
    local number = standing:match('^%d+')
    local start = (newest:find('\n', 1, true) or 0) + 1
    if length and newest:sub(start, start + length - 1) == id then
        -- It is the writer's own: the reply was lost. WAIT is about what this connection wrote, so it writes.
        redis.call('HSET', versions, feature, number)
    end
    return { number, newest }
end

local top = redis.call('XREVRANGE', history, '+', '-', 'COUNT', 1)[1]
top = top and top[1] or '0-0'

-- Adds a revision to the history. A stream does not forget the ids of entries that were deleted: it has to be told to.
local function keep(number, value)
    local added = redis.pcall('XADD', history, number .. '-0', 'revision', value)
    if added.err and added.err:find('equal or smaller', 1, true) and tonumber(top:match('^%d+')) < tonumber(number) then
        redis.call('XSETID', history, top)
        added = redis.pcall('XADD', history, number .. '-0', 'revision', value)
    end
    top = added.err and top or number .. '-0'
    return added
end

-- A history that was deleted or cut gets back the revision that is in `current`.
local in_current = standing and length and standing:match('^%d+')
if in_current and tonumber(in_current) > tonumber(top:match('^%d+')) then
    local added = keep(in_current, newest)
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
local added = keep(version, revision)
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
