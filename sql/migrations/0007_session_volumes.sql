-- What signal believed that each symbol traded in each minute of a session, kept at its last minute: what the volume
-- profile of the sessions after it is made of. 0: no believable volume.

CREATE TABLE session_volumes (
  run_id TEXT NOT NULL,
  session INT NOT NULL,
  symbol TEXT COLLATE "C" NOT NULL,
  volumes BIGINT[] NOT NULL,
  PRIMARY KEY (run_id, session, symbol)
);

GRANT SELECT, INSERT ON session_volumes TO jules_app;
GRANT SELECT ON session_volumes TO jules_reader;
