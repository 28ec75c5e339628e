-- The feed of events is read from the audit log, so that a push without webhooks writes no row for it. Its reader relies on times at
-- which rows were written, not those at which their transactions began.
ALTER TABLE "audit_events" ADD COLUMN "event_id" UUID, ALTER COLUMN "at" SET DEFAULT clock_timestamp();
CREATE INDEX "audit_events_feed_idx" ON "audit_events" ("registry_id", "id") WHERE "event_id" IS NOT NULL;

-- Only the feed asked for a registry's events.
DROP INDEX "outbound_events_registry_id_id_idx";
