-- Books: whose cash, peak and standing causes a run goes on with; and what market and broker a run has, as columns.
--
-- A run from before has a book of its own, opened with its account.

CREATE TABLE books (
  book_id TEXT PRIMARY KEY,
  opened_ms BIGINT NOT NULL,
  opening_cash_e4 BIGINT NOT NULL CHECK (opening_cash_e4 > 0),
  market TEXT NOT NULL CHECK (market IN ('generated', 'recorded', 'ib')),
  broker TEXT NOT NULL CHECK (broker IN ('simulated', 'log-only', 'ib-simulator', 'ib-paper'))
);

ALTER TABLE runs
  ADD COLUMN book_id TEXT REFERENCES books,
  ADD COLUMN market TEXT CHECK (market IN ('generated', 'recorded', 'ib')),
  ADD COLUMN broker TEXT CHECK (broker IN ('simulated', 'log-only', 'ib-simulator', 'ib-paper'));
INSERT INTO books
  SELECT run_id, (extract(epoch FROM created_at) * 1000)::int8, (config::jsonb ->> 'accountUsdE4')::int8,
    CASE WHEN config::jsonb ->> 'feed' LIKE 'sim-%' OR config::jsonb ->> 'market' = 'generated'
      THEN 'generated' ELSE 'recorded' END,
    'simulated'
  FROM runs;
UPDATE runs r SET book_id = b.book_id, market = b.market, broker = b.broker FROM books b WHERE b.book_id = r.run_id;
ALTER TABLE runs
  ALTER COLUMN book_id SET NOT NULL,
  ALTER COLUMN market SET NOT NULL,
  ALTER COLUMN broker SET NOT NULL;
CREATE INDEX runs_by_book ON runs (book_id, created_at);

GRANT SELECT, INSERT ON books TO jules_app;
GRANT SELECT ON books TO jules_reader;
