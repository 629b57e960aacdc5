-- When an entry of the audit log was stored, by the wall clock: the time that it tells of is the market's for most kinds,
-- and a replayed day has another one. No hash covers it, and entries from before have none.

ALTER TABLE audit_log ADD COLUMN recorded_at TIMESTAMPTZ;
ALTER TABLE audit_log ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
