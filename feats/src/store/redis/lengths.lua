-- Returns the number of revisions in each history: 0 if it does not exist, -1 if the key has another type.
local lengths = {}
for i, history in ipairs(KEYS) do
    local length = redis.pcall('XLEN', history)
    if type(length) ~= 'number' and not length.err:find('WRONGTYPE', 1, true) then
        return length
    end
    lengths[i] = type(length) == 'number' and length or -1
end
return lengths
