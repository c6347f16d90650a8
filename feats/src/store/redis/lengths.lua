-- How many revisions each of these histories has: 0 where there is none, -1 where the key is of another type.
local lengths = {}
for at, history in ipairs(KEYS) do
    local length = redis.pcall('XLEN', history)
    if type(length) ~= 'number' and not length.err:find('WRONGTYPE', 1, true) then
        return length
    end
    lengths[at] = type(length) == 'number' and length or -1
end
return lengths
