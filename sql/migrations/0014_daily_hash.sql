-- The content of the daily bars that value at risk could read in a session: a run is not continued on other ones.
--
-- Null: its profile reads none, or the session is of a version that did not note them.

ALTER TABLE accounts ADD COLUMN daily_hash TEXT;
