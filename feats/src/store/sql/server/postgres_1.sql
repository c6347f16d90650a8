-- Version 1 of the schema in PostgreSQL. Frozen: later changes have their own files.
-- COLLATE "C": names are compared by their bytes.

-- All revisions, in the order of commits: see the column `position` of `meta`.
CREATE TABLE IF NOT EXISTS ~revisions (
    seq BIGINT PRIMARY KEY,
    feature TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    id TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    removed BIGINT NOT NULL CHECK (removed IN (0, 1)),
    bytes BYTEA NOT NULL,
    UNIQUE (feature, version)
);

-- The newest revision of every feature.
CREATE TABLE IF NOT EXISTS ~current (
    feature TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL
);

-- expires: milliseconds since 1970-01-01T00:00:00Z by the server's clock; NULL means never.
CREATE TABLE IF NOT EXISTS ~records (
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    expires BIGINT,
    PRIMARY KEY (kind, key)
);

CREATE TABLE IF NOT EXISTS ~counts (
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (kind, key, name)
);

-- The expiry of the counters of a kind and key; without a row they never expire.
CREATE TABLE IF NOT EXISTS ~counts_expiry (
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);

-- token: of the call that made the assignment.
CREATE TABLE IF NOT EXISTS ~assignments (
    experiment TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    choice TEXT COLLATE "C" NOT NULL,
    token BIGINT NOT NULL,
    PRIMARY KEY (experiment, unit)
);

CREATE INDEX ON ~records (expires) WHERE expires IS NOT NULL;
CREATE INDEX ON ~counts_expiry (expires);
