-- Version 4 of the schema: the statements of the servers' stores. Frozen, like the versions before it.

PRAGMA user_version = 4;

-- The only row has a key.
ALTER TABLE meta ADD COLUMN one INTEGER NOT NULL DEFAULT 1 CHECK (one = 1);

-- token: of the call that made the assignment.
ALTER TABLE assignments ADD COLUMN token INTEGER NOT NULL DEFAULT 0;
