-- The trading state as the set of its causes, [{cause, sinceMs, by, why}]; two drawdowns, the account's and that of the
-- drawdown limit; what came of a command; and the version of a run's ledger.
--
-- A run stored before this keeps its rows: its one cause becomes a set of one, dated by the first decision that showed it.
-- Its peak was that of the limit; the account's is taken from its equity by the minute.

ALTER TABLE runs ADD COLUMN ledger_version TEXT NOT NULL DEFAULT 'JL1';
ALTER TABLE runs ALTER COLUMN ledger_version DROP DEFAULT;

CREATE FUNCTION md.causes_of(state TEXT, state_cause TEXT, since_ms BIGINT) RETURNS JSONB LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN state_cause = 'NONE' THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
    'cause', CASE
      WHEN state_cause = 'OPERATOR' AND state = 'HALTED' THEN 'OPERATOR_HALT'
      WHEN state_cause = 'OPERATOR' THEN 'OPERATOR_FLATTEN'
      WHEN state_cause = 'BACKUP_FEED' THEN 'FEED_BACKUP'
      ELSE state_cause END,
    'sinceMs', since_ms,
    'by', 'core',
    'why', 'stored before causes had their words')) END
$$;

ALTER TABLE decisions ADD COLUMN state_causes JSONB NOT NULL DEFAULT '[]';
WITH ordered AS (
  SELECT run_id, session, minute_index, cause, sequence, event_ms, state, state_cause,
    (state, state_cause) IS DISTINCT FROM (lag(state) OVER in_order, lag(state_cause) OVER in_order) AS begins
  FROM decisions
  WINDOW in_order AS (PARTITION BY run_id ORDER BY session, minute_index, cause DESC, sequence)
), grouped AS (
  SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY run_id
    ORDER BY session, minute_index, cause DESC, sequence) AS stretch
  FROM ordered
), dated AS (
  SELECT *, min(event_ms) OVER (PARTITION BY run_id, stretch) AS since_ms FROM grouped
)
UPDATE decisions d SET state_causes = md.causes_of(dated.state, dated.state_cause, dated.since_ms)
FROM dated
WHERE dated.state_cause <> 'NONE' AND (d.run_id, d.session, d.minute_index, d.cause, d.sequence)
  = (dated.run_id, dated.session, dated.minute_index, dated.cause, dated.sequence);
ALTER TABLE decisions ALTER COLUMN state_causes DROP DEFAULT;
ALTER TABLE decisions DROP COLUMN state_cause;

ALTER TABLE equity RENAME COLUMN drawdown_e4 TO limit_drawdown_e4;
ALTER TABLE equity ADD COLUMN drawdown_e4 BIGINT NOT NULL DEFAULT 0;
WITH peaks AS (
  SELECT e.run_id, e.session, e.minute_index,
    GREATEST(first_value(a.opening_cash_e4) OVER in_order, max(e.equity_e4) OVER in_order) AS peak_e4
  FROM equity e JOIN accounts a ON a.run_id = e.run_id AND a.session = e.session
  WINDOW in_order AS (PARTITION BY e.run_id ORDER BY e.session, e.minute_index)
)
UPDATE equity e SET drawdown_e4 = peaks.peak_e4 - e.equity_e4
FROM peaks WHERE (e.run_id, e.session, e.minute_index) = (peaks.run_id, peaks.session, peaks.minute_index);
ALTER TABLE equity ALTER COLUMN drawdown_e4 DROP DEFAULT;

ALTER TABLE accounts RENAME COLUMN peak_equity_e4 TO limit_reference_e4;
ALTER TABLE accounts RENAME COLUMN max_drawdown_e4 TO max_limit_drawdown_e4;
ALTER TABLE accounts ADD COLUMN account_peak_e4 BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN max_drawdown_e4 BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN state_causes JSONB NOT NULL DEFAULT '[]';
UPDATE accounts a SET
  account_peak_e4 = GREATEST(
    (SELECT max(GREATEST(b.opening_cash_e4, b.limit_reference_e4)) FROM accounts b
      WHERE b.run_id = a.run_id AND b.session <= a.session),
    (SELECT max(e.equity_e4) FROM equity e WHERE e.run_id = a.run_id AND e.session <= a.session)),
  max_drawdown_e4 = GREATEST(a.max_limit_drawdown_e4,
    (SELECT max(e.drawdown_e4) FROM equity e WHERE e.run_id = a.run_id AND e.session <= a.session)),
  state_causes = md.causes_of(a.trading_state, a.state_cause, COALESCE(
    a.halted_at_ms,
    (SELECT (d.state_causes -> 0 ->> 'sinceMs')::bigint FROM decisions d
      WHERE d.run_id = a.run_id AND d.session <= a.session AND d.state_causes <> '[]'::jsonb
      ORDER BY d.session DESC, d.minute_index DESC LIMIT 1),
    0));
ALTER TABLE accounts ALTER COLUMN account_peak_e4 DROP DEFAULT;
ALTER TABLE accounts ALTER COLUMN max_drawdown_e4 DROP DEFAULT;
ALTER TABLE accounts ALTER COLUMN state_causes DROP DEFAULT;
ALTER TABLE accounts DROP COLUMN state_cause;
-- The oldest cause that halts and stands says it.
ALTER TABLE accounts DROP COLUMN halted_at_ms;

DROP FUNCTION md.causes_of(TEXT, TEXT, BIGINT);

-- message_id: the command that it tells the outcome of.
ALTER TABLE risk_events ADD COLUMN message_id TEXT;
ALTER TABLE risk_events ADD COLUMN outcome JSONB;
CREATE INDEX risk_events_by_message ON risk_events (message_id) WHERE message_id IS NOT NULL;
