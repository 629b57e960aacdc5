-- A closed session takes less: the outbox gives its space back, and an inbox row is a digest instead of a text.

-- Of a message a consumer has committed, nothing is asked but whether it has: 16 bytes of SHA-256 say so.
CREATE FUNCTION md.inbox_key(consumer TEXT, message_id TEXT) RETURNS UUID LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT encode(substr(sha256(convert_to(consumer || '/' || message_id, 'UTF8')), 1, 16), 'hex')::uuid
$$;
REVOKE EXECUTE ON FUNCTION md.inbox_key(TEXT, TEXT) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION md.inbox_key(TEXT, TEXT) TO jules_app, jules_reader;

ALTER TABLE inbox RENAME TO inbox_of_texts;
ALTER TABLE inbox_of_texts RENAME CONSTRAINT inbox_pkey TO inbox_of_texts_pkey;
CREATE TABLE inbox (
  message_key UUID NOT NULL,
  handled_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CONSTRAINT inbox_pkey PRIMARY KEY (message_key)
);
INSERT INTO inbox SELECT md.inbox_key(consumer, message_id), handled_at FROM inbox_of_texts;
DROP TABLE inbox_of_texts;
GRANT SELECT, INSERT ON inbox TO jules_app;
GRANT SELECT ON inbox TO jules_reader;

-- What is deleted leaves room for the next session, and vacuum cuts a file only behind its last row: three messages noted
-- late kept megabytes. So where less than half stays, what stays is written into a new file.
--
-- That takes the table for a moment, and waits a quarter of a second for it at most: then rows are deleted as usual, and
-- the next session's end makes up for it. One transaction, so a crash leaves all as it was.
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
  -- A run that another one has taken the book over from is never continued, so nobody asks for those answers again.
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
