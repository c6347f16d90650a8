-- Sets a record, for ever or for some milliseconds by the server's clock, and clears away some that have expired.
local records, expiry = KEYS[1], KEYS[2]
local key, bytes, ttl = ARGV[1], ARGV[2], ARGV[3]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HEXISTS', records, key)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('HDEL', records, gone)
    redis.call('ZREM', expiry, gone)
end
redis.call('HSET', records, key, bytes)
if ttl == '' then
    redis.call('ZREM', expiry, key)
else
    redis.call('ZADD', expiry, now + tonumber(ttl), key)
end
return redis.status_reply('OK')
