-- Bars and quotes as hypertables, hourly bars as a continuous aggregate: taken instead of the file of the same name in
-- sql/migrations/ where the full edition of timescaledb is there. Same columns, same names, same rows.
--
-- The embedded Postgres has no timescaledb, so no automatic check runs this file; docs/decisions/0006-database.md says
-- on what it was run by hand.

CREATE TABLE ohlcv (
  feed TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  ts TIMESTAMPTZ NOT NULL,
  open_e4 BIGINT NOT NULL,
  high_e4 BIGINT NOT NULL,
  low_e4 BIGINT NOT NULL,
  close_e4 BIGINT NOT NULL,
  volume BIGINT NOT NULL,
  fillable_volume BIGINT NOT NULL,
  faults INT NOT NULL,
  PRIMARY KEY (feed, symbol, ts)
);
SELECT create_hypertable('ohlcv', 'ts', chunk_time_interval => INTERVAL '7 days');

CREATE TABLE quotes (
  feed TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  ts TIMESTAMPTZ NOT NULL,
  bid_e4 BIGINT NOT NULL,
  ask_e4 BIGINT NOT NULL,
  bid_size BIGINT NOT NULL,
  ask_size BIGINT NOT NULL,
  PRIMARY KEY (feed, symbol, ts)
);
SELECT create_hypertable('quotes', 'ts', chunk_time_interval => INTERVAL '7 days');

CREATE TABLE data_quality (
  feed TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  ts TIMESTAMPTZ NOT NULL,
  codes TEXT[] NOT NULL,
  hard BOOLEAN NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (feed, symbol, ts)
);

CREATE MATERIALIZED VIEW ohlcv_hourly WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
  SELECT feed, symbol, time_bucket('1 hour', ts) AS bucket,
    first(open_e4, ts) AS open_e4,
    max(high_e4) AS high_e4,
    min(low_e4) AS low_e4,
    last(close_e4, ts) AS close_e4,
    sum(volume)::BIGINT AS volume,
    count(*) AS bars
  FROM ohlcv GROUP BY feed, symbol, time_bucket('1 hour', ts)
  WITH NO DATA;
SELECT add_continuous_aggregate_policy('ohlcv_hourly',
  start_offset => INTERVAL '7 days', end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour');

ALTER TABLE ohlcv SET (timescaledb.compress, timescaledb.compress_segmentby = 'feed, symbol', timescaledb.compress_orderby = 'ts');
SELECT add_compression_policy('ohlcv', INTERVAL '30 days');
ALTER TABLE quotes SET (timescaledb.compress, timescaledb.compress_segmentby = 'feed, symbol', timescaledb.compress_orderby = 'ts');
SELECT add_compression_policy('quotes', INTERVAL '7 days');

-- Chunks are made by the extension; what is left to do is the same as with native partitions.
CREATE FUNCTION md.maintain(at TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  DELETE FROM inbox WHERE handled_at < at - INTERVAL '21 days';
  DELETE FROM outbox WHERE published_at < at - INTERVAL '21 days';
END $$;
REVOKE EXECUTE ON FUNCTION md.maintain(TIMESTAMPTZ) FROM PUBLIC;
