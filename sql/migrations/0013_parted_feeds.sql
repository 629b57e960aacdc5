-- A run that goes on without a minute, because its message was in quarantine, judges the later bars of the session
-- otherwise than the runs that share them: it gets feeds of its own, named after the shared ones and itself.

GRANT UPDATE (feed) ON session_feeds TO jules_app;
