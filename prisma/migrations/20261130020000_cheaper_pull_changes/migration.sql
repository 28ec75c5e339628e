-- Converting the old row to JSON to read one column cost more than the notification, and every push updates its repository.
CREATE FUNCTION pull_change_of_repository() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', OLD.id::text);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION pull_change_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', OLD.repository_id::text);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "repositories_pull_change" AFTER UPDATE ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.name, OLD.visibility, OLD.version, OLD.created_at, OLD.quarantine_reason, OLD.upstream_id, OLD.upstream_name)
        IS DISTINCT FROM
        (NEW.registry_id, NEW.name, NEW.visibility, NEW.version, NEW.created_at, NEW.quarantine_reason, NEW.upstream_id, NEW.upstream_name))
  EXECUTE FUNCTION pull_change_of_repository();
CREATE OR REPLACE TRIGGER "repositories_pull_removal" AFTER DELETE ON "repositories"
  FOR EACH ROW EXECUTE FUNCTION pull_change_of_repository();
