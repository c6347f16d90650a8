-- Version 2 of the schema: counters that end. It is frozen, as version 1 is.

PRAGMA user_version = 2;

-- Until when the counters of a kind and key are kept, where that is not for ever: milliseconds since
-- 1970-01-01T00:00:00Z.
CREATE TABLE counts_expiry (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX counts_expiry_expires ON counts_expiry (expires);
