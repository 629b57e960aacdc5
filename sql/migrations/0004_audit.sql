-- The audit log: entries in hash chains, one for each run and writer and one for the system.
--
-- An entry is tied to the one before it by its hash (shared/domain/audit/chain.ts), so whoever changes, removes or moves
-- one breaks the chain. The application adds entries and can neither read nor change them; of a chain it may know the
-- last entry, which it goes on from.

CREATE TABLE audit_log (
  chain TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL CHECK (sequence > 0),
  kind TEXT NOT NULL,
  event_ms BIGINT NOT NULL,
  cause_id TEXT NOT NULL,
  body TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (chain, sequence)
);

CREATE FUNCTION md.audit_head(of_chain TEXT, OUT sequence BIGINT, OUT hash TEXT, OUT cause_id TEXT)
RETURNS SETOF RECORD LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.sequence, a.hash, a.cause_id FROM audit_log a WHERE a.chain = of_chain ORDER BY a.sequence DESC LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION md.audit_head(TEXT) FROM PUBLIC;

GRANT INSERT ON audit_log TO jules_app;
GRANT EXECUTE ON FUNCTION md.audit_head(TEXT) TO jules_app;
GRANT SELECT ON audit_log TO jules_reader;
