-- The workflow that last pushed a manifest, for its page. Rows of the audit log expire.
CREATE TABLE "manifest_workflows" (
    "manifest_id" BIGINT NOT NULL,
    "workflow" JSONB NOT NULL,
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "manifest_workflows_pkey" PRIMARY KEY ("manifest_id")
);
ALTER TABLE "manifest_workflows" ADD CONSTRAINT "manifest_workflows_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;
