-- Manifests in formats that older clients read, made from stored ones on their first pull. They go with their source.
CREATE TABLE "translated_manifests" (
  "repository_id" BIGINT NOT NULL,
  "source_digest" TEXT NOT NULL,
  "media_type" TEXT NOT NULL,
  "tag" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "payload" BYTEA NOT NULL,
  PRIMARY KEY ("repository_id", "source_digest", "media_type", "tag"),
  FOREIGN KEY ("repository_id", "source_digest") REFERENCES "manifests" ("repository_id", "digest") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "translated_manifests_repository_id_digest_idx" ON "translated_manifests" ("repository_id", "digest");
