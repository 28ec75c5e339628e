ALTER TABLE "repositories" ADD COLUMN "policy" TEXT,
ADD COLUMN "policy_revision" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "policy_revisions" (
    "repository_id" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL,
    "policy" TEXT,
    "saved_by" TEXT NOT NULL,
    "saved_by_id" UUID,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_revisions_pkey" PRIMARY KEY ("repository_id", "revision"),
    CONSTRAINT "policy_revisions_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- Processes cache the policy with the repository (lib/distribution/hot-path/pull-cache.ts).
CREATE OR REPLACE TRIGGER "repositories_pull_change" AFTER UPDATE ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.name, OLD.visibility, OLD.version, OLD.created_at, OLD.quarantine_reason, OLD.upstream_id, OLD.upstream_name,
         OLD.policy)
        IS DISTINCT FROM
        (NEW.registry_id, NEW.name, NEW.visibility, NEW.version, NEW.created_at, NEW.quarantine_reason, NEW.upstream_id, NEW.upstream_name,
         NEW.policy))
  EXECUTE FUNCTION pull_change_of_repository();

-- A policy decides by the account that a user acts for. That changes with the default registry, and when a user joins one.
CREATE TRIGGER "members_default_change" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN (OLD.is_default IS DISTINCT FROM NEW.is_default)
  EXECUTE FUNCTION right_change();

CREATE FUNCTION right_change_of_new_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('right_changes', NEW.user_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER "members_right_addition" AFTER INSERT ON "members" FOR EACH ROW EXECUTE FUNCTION right_change_of_new_member();
