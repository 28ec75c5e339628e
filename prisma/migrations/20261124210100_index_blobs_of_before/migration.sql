-- Blobs that indexes list beside manifests were edges to manifests only, which garbage collection does not look at. In a migration
-- of its own: PostgreSQL uses a new value of an enum only after the transaction that made it.
INSERT INTO "manifest_blobs" ("manifest_id", "repository_id", "kind", "position", "digest", "media_type", "size_bytes")
SELECT c."parent_id", m."repository_id", 'child', c."position", c."digest", c."media_type", c."size_bytes"
  FROM "manifest_children" c JOIN "manifests" m ON m."id" = c."parent_id"
 WHERE c."media_type" NOT IN (
   'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.index.v1+json',
   'application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.docker.distribution.manifest.list.v2+json'
 );
