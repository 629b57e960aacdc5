-- What is known of a parked message without reading its body: its run, the id its sender wrote beside the body, the
-- queue's own id of the delivery, and when it was last sent back to its queue after a fix. Rows of files have none.
--
-- content_hash covers the delivery too: a redelivery is parked once, while copies sent anew are counted.

ALTER TABLE quarantine
  ADD COLUMN run_id TEXT NOT NULL DEFAULT '',
  ADD COLUMN message_id TEXT NOT NULL DEFAULT '',
  ADD COLUMN delivery_id TEXT NOT NULL DEFAULT '',
  ADD COLUMN redriven_at TIMESTAMPTZ;
CREATE INDEX quarantine_by_message ON quarantine (run_id, message_id);

GRANT UPDATE (redriven_at) ON quarantine TO jules_app;
