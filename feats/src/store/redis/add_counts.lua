-- Adds to counters, atomically: everything that can fail is checked before the first write.
-- Arguments: the milliseconds after which all counters expire, or an empty text for never; then name, delta, name, delta ...
local counts, ttl = KEYS[1], ARGV[1]

for i = 2, #ARGV, 2 do
    local count = redis.call('HGET', counts, ARGV[i])
    if count and not count:match('^-?%d+$') then
        return redis.error_reply('WRONGTYPE a counter is not a number')
    end
end
for i = 2, #ARGV, 2 do
    local name, delta = ARGV[i], ARGV[i + 1]
    local added = redis.pcall('HINCRBY', counts, name, delta)
    if type(added) == 'table' and added.err then
        if not added.err:find('overflow', 1, true) then
            return added
        end
        -- Lua's numbers are not precise enough to add 64-bit integers, so the script saturates on overflow.
        local bound = delta:sub(1, 1) == '-' and '-9223372036854775808' or '9223372036854775807'
        redis.call('HSET', counts, name, bound)
    end
end
if ttl == '' then
    redis.call('PERSIST', counts)
else
    redis.call('PEXPIRE', counts, ttl)
end
return redis.status_reply('OK')
