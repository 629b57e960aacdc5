-- The gateway's verdict travels with each minute, so a run that goes on without one judges the later bars as the runs do
-- that share them. The feed of a session is written once and never changed.

REVOKE UPDATE (feed) ON session_feeds FROM jules_app;
