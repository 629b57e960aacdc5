-- Bars, quotes and their faults as native partitions, hourly bars as a view, and the upkeep of all that grows.
--
-- The same file name in sql/timescale/ makes hypertables of the same columns instead; rows and hourly bars are equal.
-- Rows outside every weekly partition (recorded years, simulated days) lie in the default one.

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
) PARTITION BY RANGE (ts);
CREATE TABLE ohlcv_default PARTITION OF ohlcv DEFAULT;
CREATE INDEX ohlcv_by_time ON ohlcv USING brin (ts);

CREATE TABLE quotes (
  feed TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  ts TIMESTAMPTZ NOT NULL,
  bid_e4 BIGINT NOT NULL,
  ask_e4 BIGINT NOT NULL,
  bid_size BIGINT NOT NULL,
  ask_size BIGINT NOT NULL,
  PRIMARY KEY (feed, symbol, ts)
) PARTITION BY RANGE (ts);
CREATE TABLE quotes_default PARTITION OF quotes DEFAULT;
CREATE INDEX quotes_by_time ON quotes USING brin (ts);

CREATE TABLE data_quality (
  feed TEXT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  ts TIMESTAMPTZ NOT NULL,
  codes TEXT[] NOT NULL,
  hard BOOLEAN NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (feed, symbol, ts)
);

CREATE VIEW ohlcv_hourly AS
  SELECT feed, symbol, date_bin('1 hour', ts, '2000-01-03Z') AS bucket,
    (array_agg(open_e4 ORDER BY ts))[1] AS open_e4,
    max(high_e4) AS high_e4,
    min(low_e4) AS low_e4,
    (array_agg(close_e4 ORDER BY ts DESC))[1] AS close_e4,
    sum(volume)::BIGINT AS volume,
    count(*) AS bars
  FROM ohlcv GROUP BY feed, symbol, bucket;

-- Creates the week of `day` (from Monday, UTC) unless it exists or its rows already lie in the default partition,
-- where they stay.
CREATE FUNCTION md.ensure_week(parent TEXT, day DATE) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  from_ts TIMESTAMPTZ := date_trunc('week', day::TIMESTAMP) AT TIME ZONE 'UTC';
  to_ts TIMESTAMPTZ := from_ts + INTERVAL '7 days';
  partition_name TEXT := parent || '_' || to_char(date_trunc('week', day::TIMESTAMP), 'YYYYMMDD');
  is_in_default BOOLEAN;
BEGIN
  IF to_regclass('public.' || partition_name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE ts >= $1 AND ts < $2)', parent || '_default')
    INTO is_in_default USING from_ts, to_ts;
  IF is_in_default THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
    partition_name, parent, from_ts, to_ts);
END $$;

-- Called daily. Inbox and outbox outlive the longest time a message can come back: 14 days in a dead-letter queue.
CREATE FUNCTION md.maintain(at TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  -- Two hosts at once would make the same partition.
  PERFORM pg_advisory_xact_lock(hashtext('md.maintain'));
  PERFORM md.ensure_week(parent, (at AT TIME ZONE 'UTC')::DATE + 7 * week)
    FROM unnest(ARRAY['ohlcv', 'quotes']) AS parent, generate_series(0, 4) AS week;
  DELETE FROM inbox WHERE handled_at < at - INTERVAL '21 days';
  DELETE FROM outbox WHERE published_at < at - INTERVAL '21 days';
END $$;
REVOKE EXECUTE ON FUNCTION md.ensure_week(TEXT, DATE), md.maintain(TIMESTAMPTZ) FROM PUBLIC;
