-- What hangs on something else, or can't be run: signatures, attestations, SBOMs, lists of referrers, build caches. Null: it stands for
-- itself. Written with the manifest and its tags (oci/attached-as.ts); here for those of before.
ALTER TABLE "manifests" ADD COLUMN     "attached_as" TEXT;
ALTER TABLE "tags" ADD COLUMN     "attached_as" TEXT;

UPDATE manifests SET attached_as = 'referrer' WHERE subject_digest IS NOT NULL;
UPDATE manifests m SET attached_as = 'cache'
 WHERE attached_as IS NULL AND (config_media_type = 'application/vnd.buildkit.cacheconfig.v0' OR EXISTS (
         SELECT FROM manifest_blobs b WHERE b.manifest_id = m.id AND b.media_type = 'application/vnd.buildkit.cacheconfig.v0'));
UPDATE manifests SET attached_as = 'evidence'
 WHERE attached_as IS NULL AND coalesce(artifact_type, config_media_type) IN (
         'application/vnd.dev.cosign.artifact.sig.v1+json', 'application/vnd.dev.cosign.simplesigning.v1+json',
         'application/vnd.cncf.notary.signature');
UPDATE manifests m SET attached_as = 'evidence'
 WHERE attached_as IS NULL AND artifact_type IS NULL
   AND config_media_type IN ('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json')
   AND EXISTS (SELECT FROM manifest_blobs b WHERE b.manifest_id = m.id AND b.kind = 'layer')
   AND NOT EXISTS (
         SELECT FROM manifest_blobs b WHERE b.manifest_id = m.id AND b.kind = 'layer'
            AND b.media_type !~* 'simplesigning|notary.signature|spdx|cyclonedx|syft|slsa|provenance|in-toto|dsse|sigstore.bundle');

UPDATE tags t SET attached_as = m.attached_as FROM manifests m WHERE m.id = t.manifest_id AND m.attached_as IS NOT NULL;
UPDATE tags SET attached_as = 'evidence'
 WHERE attached_as IS NULL AND name ~ '^sha(256|512)-[0-9a-f]{64,128}\.(sig|att|sbom)$';
UPDATE tags t SET attached_as = 'referrer' FROM manifests m
 WHERE m.id = t.manifest_id AND t.attached_as IS NULL AND t.name ~ '^sha(256-[0-9a-f]{64}|512-[0-9a-f]{121})$'
   AND m.media_type IN ('application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json');
UPDATE manifests m SET attached_as = t.attached_as FROM tags t
 WHERE t.manifest_id = m.id AND t.attached_as IS NOT NULL AND m.attached_as IS NULL
   AND NOT EXISTS (SELECT FROM tags other WHERE other.manifest_id = m.id AND other.attached_as IS NULL);

-- Lists of tags and the kind of a repository leave out what is attached, however much of it there is.
DROP INDEX "manifests_traits_idx";
CREATE INDEX "manifests_traits_idx" ON "manifests"("repository_id", "config_media_type", "artifact_type", "os", "architecture")
  WHERE "attached_as" IS NULL;
DROP INDEX "tags_repository_id_pushed_at_idx";
CREATE INDEX "tags_repository_id_pushed_at_idx" ON "tags"("repository_id", "pushed_at" DESC) WHERE "attached_as" IS NULL;
DROP INDEX "tags_repository_id_version_key_name_idx";
CREATE INDEX "tags_repository_id_version_key_name_idx" ON "tags"("repository_id", "version_key", "name") WHERE "attached_as" IS NULL;
