-- Version 3 of the schema: experiments are named by feature and seed. Frozen, like the versions before it.

PRAGMA user_version = 3;

-- The first feature that had each seed: it owns the rows that were stored under the seed alone. Rows without such a feature are
-- not used any more.
CREATE TEMP TABLE seeds AS
    SELECT j.value AS seed, r.feature || char(31) || j.value AS name, min(r.seq)
    FROM revisions AS r,
        json_tree(CASE WHEN json_valid(CAST(r.bytes AS TEXT)) THEN CAST(r.bytes AS TEXT) ELSE 'null' END) AS j
    WHERE j.key = 'seed' AND j.type = 'text'
    GROUP BY j.value
    HAVING length(r.feature) + length(j.value) < 200;

UPDATE assignments SET experiment = s.name FROM seeds AS s WHERE s.seed = assignments.experiment;
UPDATE counts SET key = s.name FROM seeds AS s WHERE counts.kind = 'exposures' AND s.seed = counts.key;

DROP TABLE temp.seeds;
