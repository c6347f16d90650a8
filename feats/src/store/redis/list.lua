-- Returns the records that have not expired by the server's clock: key, bytes, key, bytes ...
local records, expiry = KEYS[1], KEYS[2]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local expired = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now)) do
    expired[key] = true
end
local all, unexpired = redis.call('HGETALL', records), {}
for i = 1, #all, 2 do
    if not expired[all[i]] then
        unexpired[#unexpired + 1] = all[i]
        unexpired[#unexpired + 1] = all[i + 1]
    end
end
return unexpired
