-- Sets a record, and deletes some that have expired by the server's clock.
-- The ttl is in milliseconds; an empty text means that the record never expires.
local records, expiry = KEYS[1], KEYS[2]
local key, bytes, ttl = ARGV[1], ARGV[2], ARGV[3]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HEXISTS', records, key)
for _, expired in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('HDEL', records, expired)
    redis.call('ZREM', expiry, expired)
end
redis.call('HSET', records, key, bytes)
if ttl == '' then
    redis.call('ZREM', expiry, key)
else
    redis.call('ZADD', expiry, now + tonumber(ttl), key)
end
return redis.status_reply('OK')
