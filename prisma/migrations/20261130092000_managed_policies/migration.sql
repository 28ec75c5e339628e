-- AlterTable
ALTER TABLE "members" ADD COLUMN     "attached_policies" TEXT,
ADD COLUMN     "managed_policies" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "managed_policies" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "policies" TEXT;

-- CreateTable
CREATE TABLE "managed_policies" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "last_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "managed_policies_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "managed_policies_registry_id_name_key" ON "managed_policies"("registry_id", "name");
ALTER TABLE "managed_policies" ADD CONSTRAINT "managed_policies_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "managed_policy_versions" (
    "policy_id" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "policy" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL,
    "saved_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "managed_policy_versions_pkey" PRIMARY KEY ("policy_id","version")
);
ALTER TABLE "managed_policy_versions" ADD CONSTRAINT "managed_policy_versions_policy_id_fkey" FOREIGN KEY ("policy_id") REFERENCES "managed_policies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Processes cache memberships with their policies (lib/distribution/hot-path/pull-rights.ts).
CREATE OR REPLACE TRIGGER "members_policies_change" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN ((OLD.policies, OLD.attached_policies) IS DISTINCT FROM (NEW.policies, NEW.attached_policies))
  EXECUTE FUNCTION right_change();
