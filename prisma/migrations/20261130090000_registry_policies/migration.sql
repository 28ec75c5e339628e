CREATE TYPE "RegistryPolicyScope" AS ENUM ('V1', 'V2');

ALTER TABLE "registries" ADD COLUMN "policy" TEXT,
ADD COLUMN "policy_revision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "policy_scope" "RegistryPolicyScope" NOT NULL DEFAULT 'V2';

CREATE TABLE "registry_policy_revisions" (
    "registry_id" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL,
    "policy" TEXT,
    "saved_by" TEXT NOT NULL,
    "saved_by_id" UUID,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "registry_policy_revisions_pkey" PRIMARY KEY ("registry_id", "revision"),
    CONSTRAINT "registry_policy_revisions_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- Processes cache the policy with each right to pull (lib/distribution/hot-path/pull-rights.ts), which holds as long as the
-- cached row of its repository. Public repositories have no such rights.
CREATE FUNCTION pull_change_of_registry_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', id::text) FROM repositories WHERE registry_id = NEW.id AND visibility = 'private';
  RETURN NULL;
END $$;
CREATE TRIGGER "registries_policy_change" AFTER UPDATE ON "registries" FOR EACH ROW
  WHEN ((OLD.policy, OLD.policy_scope) IS DISTINCT FROM (NEW.policy, NEW.policy_scope))
  EXECUTE FUNCTION pull_change_of_registry_policy();
