-- What happened in a registry, for webhooks and the feed of events. No foreign key, because each push would lock its registry's row.
CREATE TABLE "outbound_events" (
  "id" BIGSERIAL PRIMARY KEY,
  "event_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "registry_id" BIGINT NOT NULL,
  "type" TEXT NOT NULL,
  "repository" TEXT,
  "tag" TEXT,
  "digest" TEXT,
  "actor" TEXT NOT NULL,
  "detail" JSONB NOT NULL DEFAULT '{}'
);
CREATE INDEX "outbound_events_registry_id_id_idx" ON "outbound_events" ("registry_id", "id");

CREATE TABLE "webhooks" (
  "id" BIGSERIAL PRIMARY KEY,
  "registry_id" BIGINT NOT NULL REFERENCES "registries" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "name" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "format" TEXT NOT NULL,
  "event_types" TEXT[] NOT NULL,
  "repository_pattern" TEXT NOT NULL DEFAULT '*',
  "tag_pattern" TEXT NOT NULL DEFAULT '*',
  "is_enabled" BOOLEAN NOT NULL DEFAULT true,
  "disabled_because" TEXT,
  "sealed_secret" BYTEA NOT NULL,
  "sealed_former_secret" BYTEA,
  "former_secret_until" TIMESTAMPTZ(3),
  "sealed_authorization" BYTEA,
  "gave_up_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX "webhooks_registry_id_name_key" ON "webhooks" ("registry_id", "name");

-- The deliveries of a webhook about one repository are made in order. Their lock is the lease of this row.
CREATE TABLE "webhook_queues" (
  "webhook_id" BIGINT NOT NULL REFERENCES "webhooks" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "repository" TEXT NOT NULL,
  "pending" INTEGER NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "lease" UUID,
  "leased_until" TIMESTAMPTZ(3),
  PRIMARY KEY ("webhook_id", "repository")
);
CREATE INDEX "webhook_queues_due_at_idx" ON "webhook_queues" ("due_at");

CREATE TABLE "webhook_deliveries" (
  "id" BIGSERIAL PRIMARY KEY,
  "webhook_id" BIGINT NOT NULL REFERENCES "webhooks" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "event_id" BIGINT NOT NULL REFERENCES "outbound_events" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "repository" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'pending',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "attempted_at" TIMESTAMPTZ(3),
  "format" TEXT,
  "response_status" INTEGER,
  "response_body" TEXT,
  "problem" TEXT,
  "elapsed_ms" INTEGER
);
CREATE INDEX "webhook_deliveries_webhook_id_id_idx" ON "webhook_deliveries" ("webhook_id", "id");
CREATE INDEX "webhook_deliveries_event_id_idx" ON "webhook_deliveries" ("event_id");
CREATE INDEX "webhook_deliveries_webhook_id_repository_status_id_idx" ON "webhook_deliveries" ("webhook_id", "repository", "status", "id");
