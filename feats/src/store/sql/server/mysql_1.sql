-- Version 1 of the schema in MySQL and MariaDB. Frozen: later changes have their own files.
-- VARBINARY: names are compared by their bytes; 200 characters have up to 800.

-- All revisions, in the order of commits: see the column `position` of `meta`.
CREATE TABLE IF NOT EXISTS ~revisions (
    seq BIGINT NOT NULL PRIMARY KEY,
    feature VARBINARY(800) NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    id VARBINARY(800) NOT NULL,
    hash VARBINARY(32) NOT NULL CHECK (length(hash) = 32),
    removed BIGINT NOT NULL CHECK (removed IN (0, 1)),
    bytes LONGBLOB NOT NULL,
    UNIQUE (feature, version)
) ENGINE=InnoDB;

-- The newest revision of every feature.
CREATE TABLE IF NOT EXISTS ~current (
    feature VARBINARY(800) NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL
) ENGINE=InnoDB;

-- expires: milliseconds since 1970-01-01T00:00:00Z by the server's clock; NULL means never.
CREATE TABLE IF NOT EXISTS ~records (
    kind VARBINARY(800) NOT NULL,
    `key` VARBINARY(800) NOT NULL,
    bytes LONGBLOB NOT NULL,
    expires BIGINT,
    PRIMARY KEY (kind, `key`),
    INDEX (expires)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ~counts (
    kind VARBINARY(800) NOT NULL,
    `key` VARBINARY(800) NOT NULL,
    name VARBINARY(800) NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (kind, `key`, name)
) ENGINE=InnoDB;

-- The expiry of the counters of a kind and key; without a row they never expire.
CREATE TABLE IF NOT EXISTS ~counts_expiry (
    kind VARBINARY(800) NOT NULL,
    `key` VARBINARY(800) NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (kind, `key`),
    INDEX (expires)
) ENGINE=InnoDB;

-- token: of the call that made the assignment.
CREATE TABLE IF NOT EXISTS ~assignments (
    experiment VARBINARY(800) NOT NULL,
    unit VARBINARY(800) NOT NULL,
    choice VARBINARY(800) NOT NULL,
    token BIGINT NOT NULL,
    PRIMARY KEY (experiment, unit)
) ENGINE=InnoDB;
