-- Repositories with a key of their own. Processes of the previous version see them as repositories of the site.
ALTER TABLE "repositories" ADD COLUMN "key_scope" TEXT NOT NULL DEFAULT 'site';
ALTER TABLE "repositories" ADD COLUMN "kms_key" TEXT;

-- Sealing keys that KMS keys of repositories wrap. Not in sealing_keys, all of which the previous version must be able to unwrap.
CREATE TABLE "repository_keys" (
  "id" UUID NOT NULL,
  "scope" TEXT NOT NULL,
  "wrapped" BYTEA NOT NULL,
  "wrapped_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "repository_keys_pkey" PRIMARY KEY ("id")
);

-- One key for new blobs.
CREATE UNIQUE INDEX "repository_keys_current_key" ON "repository_keys" ("scope") WHERE "retired_at" IS NULL;

-- A blob under a key of its own has a row of its own, whose digests end in "@" and the key's scope. So they stay unique, which the
-- previous version relies on.
CREATE FUNCTION vitrine_blob_scope(address TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(address, '@') = 0 THEN 'site' ELSE split_part(address, '@', 2) END;

-- The previous version knows only the key of the site, and must not store blobs of other repositories under it.
CREATE FUNCTION vitrine_require_blob_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM repositories r, blobs b
     WHERE r.id = NEW.repository_id AND r.key_scope <> 'site' AND b.id = NEW.blob_id
       AND vitrine_blob_scope(b.sha256) <> r.key_scope
  ) THEN
    RAISE EXCEPTION 'blob % is not under the key of repository %', NEW.blob_id, NEW.repository_id;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER repository_blobs_scope BEFORE INSERT ON repository_blobs
FOR EACH ROW EXECUTE FUNCTION vitrine_require_blob_scope();
