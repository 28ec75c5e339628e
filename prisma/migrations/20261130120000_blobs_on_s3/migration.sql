-- Blobs on S3 (lib/blobs/s3): the object that holds each blob, and uploads with their parts. Empty on a site that stores blobs on disk.
CREATE TABLE "blob_objects" (
    "sha256" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "object_key" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "etag" TEXT NOT NULL,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blob_objects_pkey" PRIMARY KEY ("sha256","scope")
);

CREATE TABLE "staged_objects" (
    "id" UUID NOT NULL,
    "version" TEXT NOT NULL DEFAULT '',
    "session" UUID,
    "fence" BIGINT NOT NULL DEFAULT 0,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "object_key" TEXT,
    "object_bytes" BIGINT NOT NULL DEFAULT 0,
    "object_etag" TEXT,
    "multipart_key" TEXT,
    "multipart_id" TEXT,
    "next_part" INTEGER NOT NULL DEFAULT 1,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "staged_objects_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "staged_parts" (
    "staged_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "etag" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,

    CONSTRAINT "staged_parts_pkey" PRIMARY KEY ("staged_id","number")
);

CREATE INDEX "staged_objects_changed_at_idx" ON "staged_objects"("changed_at");

ALTER TABLE "staged_parts" ADD CONSTRAINT "staged_parts_staged_id_fkey" FOREIGN KEY ("staged_id") REFERENCES "staged_objects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
