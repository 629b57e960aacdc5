-- What each consumer's memory of a run is a cache of: the version counts the messages of the run that it has committed,
-- so that a process sees that another one has gone on since (shared/runtime/session-fold.ts).

CREATE TABLE folds (
  run_id TEXT NOT NULL,
  consumer TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  PRIMARY KEY (run_id, consumer)
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE (version) ON folds TO jules_app;
GRANT SELECT ON folds TO jules_reader;
