-- Every push raises the version of its repository, which no pull reads. Commits that notify take turns, each with its own write
-- to the disk.
CREATE OR REPLACE TRIGGER "repositories_pull_change" AFTER UPDATE ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.name, OLD.visibility, OLD.created_at, OLD.quarantine_reason, OLD.upstream_id, OLD.upstream_name,
         OLD.policy, OLD.resource_tag_values)
        IS DISTINCT FROM
        (NEW.registry_id, NEW.name, NEW.visibility, NEW.created_at, NEW.quarantine_reason, NEW.upstream_id, NEW.upstream_name,
         NEW.policy, NEW.resource_tag_values))
  EXECUTE FUNCTION pull_change_of_repository();
