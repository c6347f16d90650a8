-- Version 3 of the schema: experiments are named by feature and seed. It is frozen, as the versions before it are.

PRAGMA user_version = 3;

-- Which feature was the first to have a seed: what was stored under the seed alone is its. Without such a feature nothing asks
-- for it any more.
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
