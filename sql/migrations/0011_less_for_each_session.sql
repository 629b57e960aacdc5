-- What a closed session leaves behind: its messages go once they are sent and its last decision is taken; of the signals
-- that were decided on, what nobody stores elsewhere stays.

ALTER TABLE outbox ADD COLUMN run_id TEXT NOT NULL DEFAULT '', ADD COLUMN session INT NOT NULL DEFAULT 0;
UPDATE outbox SET run_id = envelope::json ->> 'runId', session = coalesce((envelope::json -> 'data' ->> 'session')::INT, 0);

-- A session writes a few megabytes here and takes them out again: the space is to serve the next one.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Inboxes keep the ids, so a message that comes again has no effect; there is just nobody left to answer.
CREATE FUNCTION md.forget_sent() RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM outbox o USING sessions s
    WHERE s.run_id = o.run_id AND s.session = o.session AND s.decided_minute = s.minutes - 1
      AND o.published_at IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION md.forget_sent() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION md.forget_sent() TO jules_app;

-- signal: policy, readiness and the symbols' signals, as shared/contracts/stored-signal.ts writes them; rows of earlier
-- versions hold the whole message, and their observation in it.
ALTER TABLE decisions ADD COLUMN observation REAL[];
