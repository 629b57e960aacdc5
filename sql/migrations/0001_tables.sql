-- Runs, decisions, orders, fills, accounts, and the tables that carry messages safely.
--
-- Money and prices are BIGINT in 1e-4 USD (columns end in _e4), event times BIGINT epoch milliseconds (_ms).
-- JSON is kept as TEXT: it is read back byte for byte as it was written. One writer per table; see shared/ports/repositories.ts.

CREATE SCHEMA md;

CREATE TABLE md.meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Hypertables need the full edition of timescaledb: its Apache edition has the extension, but neither continuous
-- aggregates nor policies. The choice is kept, since later migrations must make the same one.
DO $$
DECLARE
  is_full_edition BOOLEAN := EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
    AND current_setting('timescaledb.license', true) = 'timescale';
BEGIN
  INSERT INTO md.meta VALUES ('time_tables', CASE WHEN is_full_edition THEN 'timescale' ELSE 'native' END);
END $$;

CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('paper', 'replay')),
  config TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- published_minute, decided_minute: how far the gateway has come; -1 before the first minute.
CREATE TABLE sessions (
  run_id TEXT NOT NULL REFERENCES runs,
  session INT NOT NULL,
  minutes INT NOT NULL,
  open_ms BIGINT NOT NULL,
  published_minute INT NOT NULL DEFAULT -1,
  decided_minute INT NOT NULL DEFAULT -1,
  PRIMARY KEY (run_id, session)
) WITH (fillfactor = 50);

-- Pulses and commands have no minute of their own; sequence counts them within the minute they came in.
CREATE TABLE decisions (
  run_id TEXT NOT NULL,
  session INT NOT NULL,
  minute_index INT NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('minute', 'pulse', 'command')),
  sequence INT NOT NULL,
  minutes INT NOT NULL,
  event_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  state_cause TEXT NOT NULL,
  equity_e4 BIGINT NOT NULL,
  symbols TEXT NOT NULL,
  cancels TEXT NOT NULL,
  signal TEXT,
  PRIMARY KEY (run_id, session, minute_index, cause, sequence)
);

-- cause, sequence: the decision it belongs to; position: its place in there, which is the order of the ledger.
CREATE TABLE orders (
  run_id TEXT NOT NULL,
  order_ref TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ENTRY', 'EXIT', 'STOP')),
  symbol TEXT COLLATE "C" NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  type TEXT NOT NULL CHECK (type IN ('LIMIT', 'MARKETABLE', 'STOP')),
  limit_price_e4 BIGINT NOT NULL,
  stop_price_e4 BIGINT NOT NULL,
  reference_price_e4 BIGINT NOT NULL,
  parent_ref TEXT NOT NULL,
  session INT NOT NULL,
  minute_index INT NOT NULL,
  event_ms BIGINT NOT NULL,
  cause TEXT NOT NULL,
  sequence INT NOT NULL,
  position INT NOT NULL,
  PRIMARY KEY (run_id, order_ref)
);
CREATE INDEX orders_by_minute ON orders (run_id, session, minute_index, sequence, position);

CREATE TABLE order_events (
  run_id TEXT NOT NULL,
  order_ref TEXT NOT NULL,
  event TEXT NOT NULL,
  event_ms BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run_id, order_ref, event, event_ms)
);

CREATE TABLE fills (
  run_id TEXT NOT NULL,
  fill_id TEXT NOT NULL,
  order_ref TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  price_e4 BIGINT NOT NULL CHECK (price_e4 > 0),
  commission_e4 BIGINT NOT NULL,
  exchange_e4 BIGINT NOT NULL,
  sec_e4 BIGINT NOT NULL,
  taf_e4 BIGINT NOT NULL,
  code TEXT NOT NULL,
  session INT NOT NULL,
  minute_index INT NOT NULL,
  event_ms BIGINT NOT NULL,
  sequence INT NOT NULL,
  PRIMARY KEY (run_id, fill_id)
);
CREATE INDEX fills_by_time ON fills (run_id, session, event_ms, symbol, sequence);
CREATE INDEX fills_by_order ON fills (run_id, order_ref);

CREATE TABLE accounts (
  run_id TEXT NOT NULL,
  session INT NOT NULL,
  last_minute INT NOT NULL,
  closed BOOLEAN NOT NULL,
  opening_cash_e4 BIGINT NOT NULL,
  cash_e4 BIGINT NOT NULL,
  equity_e4 BIGINT NOT NULL,
  peak_equity_e4 BIGINT NOT NULL,
  realized_e4 BIGINT NOT NULL,
  fees_e4 BIGINT NOT NULL,
  max_drawdown_e4 BIGINT NOT NULL,
  trading_state TEXT NOT NULL,
  state_cause TEXT NOT NULL,
  halted_at_ms BIGINT,
  snapshot TEXT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, session)
) WITH (fillfactor = 50);

CREATE TABLE positions (
  run_id TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  quantity BIGINT NOT NULL,
  cost_e4 BIGINT NOT NULL,
  mark_e4 BIGINT NOT NULL,
  stop_price_e4 BIGINT NOT NULL,
  PRIMARY KEY (run_id, symbol)
) WITH (fillfactor = 50);

CREATE TABLE equity (
  run_id TEXT NOT NULL,
  session INT NOT NULL,
  minute_index INT NOT NULL,
  event_ms BIGINT NOT NULL,
  equity_e4 BIGINT NOT NULL,
  cash_e4 BIGINT NOT NULL,
  fees_e4 BIGINT NOT NULL,
  drawdown_e4 BIGINT NOT NULL,
  PRIMARY KEY (run_id, session, minute_index)
);

CREATE TABLE risk_events (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id TEXT NOT NULL,
  event_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX risk_events_by_run ON risk_events (run_id, event_ms);

-- Wall-clock milliseconds with their fractions.
CREATE TABLE minute_latency (
  run_id TEXT NOT NULL,
  session INT NOT NULL,
  minute_index INT NOT NULL,
  closed_ms FLOAT8 NOT NULL,
  ingest_ms FLOAT8 NOT NULL,
  signal_ms FLOAT8 NOT NULL,
  risk_ms FLOAT8 NOT NULL,
  recorded_ms FLOAT8 NOT NULL,
  PRIMARY KEY (run_id, session, minute_index)
);

CREATE TABLE daily_ohlcv (
  symbol TEXT COLLATE "C" NOT NULL,
  session INT NOT NULL,
  open_e4 BIGINT NOT NULL,
  high_e4 BIGINT NOT NULL,
  low_e4 BIGINT NOT NULL,
  close_e4 BIGINT NOT NULL,
  volume BIGINT NOT NULL,
  PRIMARY KEY (symbol, session)
);

CREATE TABLE inbox (
  consumer TEXT NOT NULL,
  message_id TEXT NOT NULL,
  handled_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, message_id)
);

-- cause_id: the message that this one answers, so that a repeat of the question can be answered again; empty: none.
CREATE TABLE outbox (
  outbox_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  writer TEXT NOT NULL,
  cause_id TEXT NOT NULL,
  queue TEXT NOT NULL,
  envelope TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  published_at TIMESTAMPTZ
);
CREATE INDEX outbox_unpublished ON outbox (outbox_id) WHERE published_at IS NULL;
CREATE INDEX outbox_by_cause ON outbox (writer, cause_id);

-- content_hash: SHA-256 of source and body, so that what is delivered again is parked once.
CREATE TABLE quarantine (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  content_hash TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  fix TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
