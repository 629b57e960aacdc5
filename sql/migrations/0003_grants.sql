-- Who may do what. jules_owner owns everything and runs migrations; jules_app writes rows and nothing else;
-- jules_reader reads. Records of what happened can be added to, but neither changed nor deleted.

GRANT USAGE ON SCHEMA public, md TO jules_app, jules_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO jules_app, jules_reader;
GRANT SELECT ON md.meta TO jules_app, jules_reader;

GRANT INSERT ON runs, sessions, decisions, orders, order_events, fills, accounts, positions, equity, risk_events,
  minute_latency, daily_ohlcv, ohlcv, quotes, data_quality, inbox, outbox, quarantine TO jules_app;

-- What is corrected by a later delivery, or says how things stand now.
GRANT UPDATE ON accounts, positions, equity, minute_latency, daily_ohlcv, ohlcv, quotes, data_quality TO jules_app;
GRANT UPDATE (published_minute, decided_minute) ON sessions TO jules_app;
GRANT UPDATE (published_at) ON outbox TO jules_app;

-- A position that is gone; a bar that turned out faulty; a fault that a corrected bar cured.
GRANT DELETE ON positions, ohlcv, data_quality TO jules_app;

GRANT EXECUTE ON FUNCTION md.maintain(TIMESTAMPTZ) TO jules_app;
