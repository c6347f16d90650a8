-- Version 1 of the schema. Frozen: the changes of version 2 are in their own file.

PRAGMA application_id = 1717920116; -- "feat" in ASCII
PRAGMA user_version = 1;

CREATE TABLE meta (
    epoch TEXT NOT NULL
) STRICT;

INSERT INTO meta (epoch) VALUES (lower(hex(randomblob(8))));

-- All revisions. AUTOINCREMENT: a seq is never reused, so seqs are in the order of commits.
-- The bytes are the last column, so the other columns can be read without them.
CREATE TABLE revisions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    feature TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    id TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
    bytes BLOB NOT NULL,
    UNIQUE (feature, version)
) STRICT;

-- The newest revision of every feature.
CREATE TABLE current (
    feature TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- expires: milliseconds since 1970-01-01T00:00:00Z; NULL means never.
CREATE TABLE records (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    bytes BLOB NOT NULL,
    expires INTEGER,
    PRIMARY KEY (kind, key)
) STRICT;

CREATE INDEX records_expires ON records (expires) WHERE expires IS NOT NULL;

CREATE TABLE counts (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (kind, key, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE assignments (
    experiment TEXT NOT NULL,
    unit TEXT NOT NULL,
    choice TEXT NOT NULL,
    PRIMARY KEY (experiment, unit)
) STRICT, WITHOUT ROWID;
