-- How many revisions each of these histories has: 0 where there is none, -1 where the key is of another type.
local lengths = {}
for at, history in ipairs(KEYS) do
    lengths[at] = 0
    if redis.call('EXISTS', history) == 1 then
        local info = redis.pcall('XINFO', 'STREAM', history)
        lengths[at] = -1
        for field = 1, #info, 2 do
            if info[field] == 'length' then
                lengths[at] = info[field + 1]
            end
        end
    end
end
return lengths
