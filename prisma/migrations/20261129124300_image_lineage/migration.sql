-- Which images are built on which. A chain is the hash of an image's layer digests up to some layer.
CREATE TABLE "image_chains" (
    "manifest_id" BIGINT NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "chain" UUID NOT NULL,
    "depth" INTEGER NOT NULL,

    CONSTRAINT "image_chains_pkey" PRIMARY KEY ("manifest_id")
);
CREATE INDEX "image_chains_chain_repository_id_manifest_id_idx" ON "image_chains"("chain", "repository_id", "manifest_id");
ALTER TABLE "image_chains" ADD CONSTRAINT "image_chains_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "image_ancestors" (
    "chain" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "manifest_id" BIGINT NOT NULL,

    CONSTRAINT "image_ancestors_pkey" PRIMARY KEY ("chain","repository_id","manifest_id")
);
CREATE INDEX "image_ancestors_manifest_id_idx" ON "image_ancestors"("manifest_id");
ALTER TABLE "image_ancestors" ADD CONSTRAINT "image_ancestors_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "lineage_queue" (
    "manifest_id" BIGINT NOT NULL,

    CONSTRAINT "lineage_queue_pkey" PRIMARY KEY ("manifest_id")
);

CREATE INDEX "tag_events_repository_id_from_digest_idx" ON "tag_events"("repository_id", "from_digest");

CREATE FUNCTION "queue_lineage"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lineage_queue (manifest_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "queue_lineage_of_new" AFTER INSERT ON "manifests" FOR EACH ROW
  WHEN (NEW.config_media_type IN ('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'))
  EXECUTE FUNCTION queue_lineage();
CREATE TRIGGER "queue_lineage_of_moved" AFTER UPDATE OF "repository_id" ON "manifests" FOR EACH ROW
  WHEN (NEW.config_media_type IN ('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'))
  EXECUTE FUNCTION queue_lineage();

INSERT INTO lineage_queue (manifest_id)
SELECT id FROM manifests
 WHERE config_media_type IN ('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json');
