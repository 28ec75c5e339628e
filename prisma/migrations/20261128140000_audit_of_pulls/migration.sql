-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "access_token_id" UUID,
ADD COLUMN     "count" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "credential" TEXT,
ADD COLUMN     "last_at" TIMESTAMPTZ(3),
ADD COLUMN     "user_agent" TEXT;

-- CreateTable
CREATE TABLE "audit_pulls" (
    "id" BIGINT NOT NULL DEFAULT nextval('audit_events_id_seq'::regclass),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "full_name" TEXT NOT NULL,
    "repository_name" TEXT NOT NULL,
    "tag" TEXT,
    "digest" TEXT,
    "actor_id" UUID,
    "actor_label" TEXT NOT NULL,
    "is_member" BOOLEAN NOT NULL,
    "credential" TEXT,
    "access_token_id" UUID,
    "address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "audit_pulls_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_pulls_registry_id_id_idx" ON "audit_pulls"("registry_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_pulls_registry_id_repository_name_id_idx" ON "audit_pulls"("registry_id", "repository_name", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_pulls_actor_id_id_idx" ON "audit_pulls"("actor_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_pulls_digest_id_idx" ON "audit_pulls"("digest", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_pulls_address_id_idx" ON "audit_pulls"("address", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_pulls_at_idx" ON "audit_pulls"("at");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_id_idx" ON "audit_events"("actor_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_events_address_id_idx" ON "audit_events"("address", "id" DESC);

-- The digest that an event led to, and the one it led away from. audit/queries.ts asks by the same expressions.
CREATE INDEX "audit_events_digest_idx" ON "audit_events" (
  (coalesce("after" ->> 'digest', substring("target" from '@(sha\d+:[0-9a-f]+)$'))), "id" DESC
) WHERE coalesce("after" ->> 'digest', substring("target" from '@(sha\d+:[0-9a-f]+)$')) IS NOT NULL;

CREATE INDEX "audit_events_from_digest_idx" ON "audit_events" (("before" ->> 'digest'), "id" DESC)
  WHERE "before" ->> 'digest' IS NOT NULL;
