-- Gives the records that have not expired by the server's clock: key, bytes, key, bytes ...
local records, expiry = KEYS[1], KEYS[2]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now)) do
    gone[key] = true
end
local all, living = redis.call('HGETALL', records), {}
for at = 1, #all, 2 do
    if not gone[all[at]] then
        living[#living + 1] = all[at]
        living[#living + 1] = all[at + 1]
    end
end
return living
