-- Tells every process what it may no longer remember of what is pulled (lib/registry/pull-cache.ts). Only of what was changed or
-- removed: nobody remembers what was not there.
CREATE FUNCTION pull_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', TG_ARGV[0]);
  RETURN NULL;
END $$;

CREATE FUNCTION pull_change_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', CASE TG_TABLE_NAME WHEN 'repositories' THEN to_jsonb(OLD) ->> 'id' ELSE to_jsonb(OLD) ->> 'repository_id' END);
  RETURN NULL;
END $$;

CREATE FUNCTION pull_changes_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pull_changes', id) FROM (SELECT DISTINCT repository_id::text AS id FROM gone) AS repositories;
  RETURN NULL;
END $$;

CREATE TRIGGER "aliases_pull_change" AFTER UPDATE OR DELETE ON "aliases"
  FOR EACH STATEMENT EXECUTE FUNCTION pull_change('*');

CREATE TRIGGER "repositories_pull_change" AFTER UPDATE ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.name, OLD.visibility, OLD.version, OLD.created_at, OLD.quarantine_reason, OLD.upstream_id, OLD.upstream_name)
        IS DISTINCT FROM
        (NEW.registry_id, NEW.name, NEW.visibility, NEW.version, NEW.created_at, NEW.quarantine_reason, NEW.upstream_id, NEW.upstream_name))
  EXECUTE FUNCTION pull_change_of_row();
CREATE TRIGGER "repositories_pull_removal" AFTER DELETE ON "repositories" FOR EACH ROW EXECUTE FUNCTION pull_change_of_row();

CREATE TRIGGER "tags_pull_change" AFTER UPDATE ON "tags" FOR EACH ROW
  WHEN ((OLD.repository_id, OLD.name, OLD.manifest_id) IS DISTINCT FROM (NEW.repository_id, NEW.name, NEW.manifest_id))
  EXECUTE FUNCTION pull_change_of_row();
CREATE TRIGGER "tags_pull_removal" AFTER DELETE ON "tags" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION pull_changes_of_rows();

CREATE TRIGGER "manifests_pull_change" AFTER UPDATE ON "manifests" FOR EACH ROW
  WHEN ((OLD.repository_id, OLD.digest, OLD.media_type) IS DISTINCT FROM (NEW.repository_id, NEW.digest, NEW.media_type))
  EXECUTE FUNCTION pull_change_of_row();
CREATE TRIGGER "manifests_pull_removal" AFTER DELETE ON "manifests" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION pull_changes_of_rows();

CREATE TRIGGER "repository_blobs_pull_change" AFTER UPDATE ON "repository_blobs" FOR EACH ROW
  WHEN ((OLD.repository_id, OLD.digest, OLD.blob_id) IS DISTINCT FROM (NEW.repository_id, NEW.digest, NEW.blob_id))
  EXECUTE FUNCTION pull_change_of_row();
CREATE TRIGGER "repository_blobs_pull_removal" AFTER DELETE ON "repository_blobs" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION pull_changes_of_rows();

CREATE TRIGGER "blobs_pull_change" AFTER UPDATE ON "blobs" FOR EACH ROW
  WHEN ((OLD.sha256, OLD.size_bytes, OLD.damage) IS DISTINCT FROM (NEW.sha256, NEW.size_bytes, NEW.damage))
  EXECUTE FUNCTION pull_change('*');
