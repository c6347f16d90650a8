-- Adds to counters: milliseconds to keep them all for or nothing, then name, delta, name, delta ... All or none: what could
-- fail is looked at before anything is written.
local counts, ttl = KEYS[1], ARGV[1]

for at = 2, #ARGV, 2 do
    local count = redis.call('HGET', counts, ARGV[at])
    if count and not count:match('^-?%d+$') then
        return redis.error_reply('WRONGTYPE a counter is not a number')
    end
end
for at = 2, #ARGV, 2 do
    local name, delta = ARGV[at], ARGV[at + 1]
    local added = redis.pcall('HINCRBY', counts, name, delta)
    if type(added) == 'table' and added.err then
        if not added.err:find('overflow', 1, true) then
            return added
        end
        -- Lua's numbers are too coarse to add here; the server's are not.
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
