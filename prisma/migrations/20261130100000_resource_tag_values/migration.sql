-- A repository's resource tags as an object, because policies test them with each pull. Null without any.
ALTER TABLE "repositories" ADD COLUMN "resource_tag_values" JSONB;

UPDATE "repositories" r SET "resource_tag_values" = tagged.tags
  FROM (SELECT repository_id, jsonb_object_agg(key, value) AS tags FROM "resource_tags" GROUP BY repository_id) AS tagged
 WHERE tagged.repository_id = r.id;

CREATE FUNCTION keep_resource_tag_values() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.repository_id ELSE NEW.repository_id END;
BEGIN
  -- The lock comes first, so that the update sees the tags that a concurrent change has committed.
  PERFORM FROM repositories WHERE id = changed FOR NO KEY UPDATE;
  UPDATE repositories
     SET resource_tag_values = (SELECT jsonb_object_agg(key, value) FROM resource_tags WHERE repository_id = changed)
   WHERE id = changed;
  RETURN NULL;
END $$;
CREATE TRIGGER "resource_tags_keep_values" AFTER INSERT OR UPDATE OR DELETE ON "resource_tags" FOR EACH ROW
  EXECUTE FUNCTION keep_resource_tag_values();

-- Processes cache the tags with the repository (lib/distribution/hot-path/pull-cache.ts).
CREATE OR REPLACE TRIGGER "repositories_pull_change" AFTER UPDATE ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.name, OLD.visibility, OLD.version, OLD.created_at, OLD.quarantine_reason, OLD.upstream_id, OLD.upstream_name,
         OLD.policy, OLD.resource_tag_values)
        IS DISTINCT FROM
        (NEW.registry_id, NEW.name, NEW.visibility, NEW.version, NEW.created_at, NEW.quarantine_reason, NEW.upstream_id, NEW.upstream_name,
         NEW.policy, NEW.resource_tag_values))
  EXECUTE FUNCTION pull_change_of_repository();
