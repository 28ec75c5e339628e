-- Processes cache rights to push together with the quota (lib/distribution/hot-path/push-rights.ts), for public repositories, too.
CREATE OR REPLACE FUNCTION pull_change_of_registry_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', id::text) FROM repositories WHERE registry_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "registries_policy_change" AFTER UPDATE ON "registries" FOR EACH ROW
  WHEN ((OLD.policy, OLD.policy_scope, OLD.quota_bytes) IS DISTINCT FROM (NEW.policy, NEW.policy_scope, NEW.quota_bytes))
  EXECUTE FUNCTION pull_change_of_registry_policy();
