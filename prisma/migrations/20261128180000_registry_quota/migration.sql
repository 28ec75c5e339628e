-- How many bytes of blobs a registry may have. Null: the site's default; -1: any number.
ALTER TABLE "registries" ADD COLUMN "quota_bytes" BIGINT;
ALTER TABLE "registries" ADD CONSTRAINT "registries_quota_bytes_check" CHECK ("quota_bytes" = -1 OR "quota_bytes" > 0);
