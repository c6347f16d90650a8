-- Version 2 of the schema: counters that expire. Frozen, like version 1.

PRAGMA user_version = 2;

-- The expiry of the counters of a kind and key; without a row they never expire. In milliseconds since
-- 1970-01-01T00:00:00Z.
CREATE TABLE counts_expiry (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX counts_expiry_expires ON counts_expiry (expires);
