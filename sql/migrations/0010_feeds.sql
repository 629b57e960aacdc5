-- Whose bars a session of a run was played on, symbol by symbol. A feed names the bars themselves: the digest of what one
-- symbol delivered in one session, or generator, version and seed. So two runs on equal bars share their rows, and
-- edited bars are other rows.
--
-- What is stored of a feed says what it is, so nobody rewrites it: a row that differs is refused, and so is the
-- transaction that brought it.

CREATE TABLE session_feeds (
  run_id TEXT NOT NULL,
  session INT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  feed TEXT NOT NULL,
  PRIMARY KEY (run_id, session, symbol),
  FOREIGN KEY (run_id, session) REFERENCES sessions
);

-- Earlier runs had one feed for all their sessions, named after its origin.
INSERT INTO session_feeds (run_id, session, symbol, feed)
  SELECT s.run_id, s.session, symbol, r.config::jsonb ->> 'feed'
  FROM sessions s JOIN runs r USING (run_id), jsonb_array_elements_text(r.config::jsonb -> 'symbols') AS symbol;

CREATE FUNCTION md.refuse_other_row(of_table TEXT, feed TEXT, symbol TEXT, ts TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
BEGIN
  RAISE EXCEPTION '% of % at % are stored with other values under feed %', of_table, symbol, ts, feed
    USING ERRCODE = 'JF001', HINT = 'a feed names its bars by their content: whoever stores others needs another name';
END $$;
REVOKE EXECUTE ON FUNCTION md.refuse_other_row(TEXT, TEXT, TEXT, TIMESTAMPTZ) FROM PUBLIC;

GRANT SELECT, INSERT ON session_feeds TO jules_app;
GRANT SELECT ON session_feeds TO jules_reader;
GRANT EXECUTE ON FUNCTION md.refuse_other_row(TEXT, TEXT, TEXT, TIMESTAMPTZ) TO jules_app;
REVOKE UPDATE, DELETE ON ohlcv, data_quality FROM jules_app;
