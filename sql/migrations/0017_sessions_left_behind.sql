-- Messages of a run that another one has taken the book over from go as those of a closed session do, whatever it left in the
-- middle: such a run is never continued, so nobody asks for those answers again.
--
-- The rest is as in 0016.
CREATE OR REPLACE FUNCTION md.forget_sent() RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = 0 AS $$
DECLARE
  small_bytes CONSTANT BIGINT := 256 * 1024;
  -- Held in memory on the way.
  stays_bytes_max CONSTANT BIGINT := 16 * 1024 * 1024;
  row_bytes CONSTANT BIGINT := 256;
  file_bytes BIGINT;
  stays_bytes BIGINT;
  stays outbox[];
BEGIN
  DELETE FROM outbox o USING sessions s
    WHERE s.run_id = o.run_id AND s.session = o.session AND s.decided_minute = s.minutes - 1
      AND o.published_at IS NOT NULL;
  DELETE FROM outbox o USING runs r
    WHERE r.run_id = o.run_id AND o.published_at IS NOT NULL
      AND EXISTS (SELECT FROM runs later WHERE later.book_id = r.book_id AND later.created_at > r.created_at);
  -- Only here does each statement see what was committed before it.
  IF current_setting('transaction_isolation') <> 'read committed' THEN RETURN; END IF;
  file_bytes := pg_total_relation_size('outbox');
  IF file_bytes <= small_bytes THEN RETURN; END IF;
  BEGIN
    PERFORM set_config('lock_timeout', '250ms', true);
    LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE;
    SELECT coalesce(sum(pg_column_size(envelope) + row_bytes), 0) INTO stays_bytes FROM outbox;
    IF stays_bytes > least(stays_bytes_max, file_bytes / 2) THEN RETURN; END IF;
    SELECT array_agg(o ORDER BY outbox_id) INTO stays FROM outbox o;
    TRUNCATE outbox;
    INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT * FROM unnest(stays);
  EXCEPTION WHEN lock_not_available OR deadlock_detected THEN NULL;
  END;
END $$;

-- An account that was halted before its first session was stored as one that is over.
UPDATE accounts SET closed = false WHERE session = 0 AND closed;
