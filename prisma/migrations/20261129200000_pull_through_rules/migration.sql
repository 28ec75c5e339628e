CREATE TABLE "pull_through_rules" (
    "registry_id" BIGINT NOT NULL,
    "prefix" TEXT NOT NULL,
    "upstream_id" BIGINT NOT NULL,
    "upstream_prefix" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pull_through_rules_pkey" PRIMARY KEY ("registry_id", "prefix"),
    CONSTRAINT "pull_through_rules_registry_id_fkey" FOREIGN KEY ("registry_id")
        REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "pull_through_rules_upstream_id_fkey" FOREIGN KEY ("upstream_id")
        REFERENCES "upstreams"("id") ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE INDEX "pull_through_rules_upstream_id_idx" ON "pull_through_rules"("upstream_id");

ALTER TABLE "registries" ADD COLUMN "mounts_blobs" BOOLEAN NOT NULL DEFAULT true;
