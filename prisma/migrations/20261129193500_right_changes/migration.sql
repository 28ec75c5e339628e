-- Announces users who may have lost a right to pull (lib/distribution/hot-path/pull-rights.ts). Only permissions are cached, so
-- what a user gains isn't announced. A channel of its own, because earlier versions take each payload of pull_changes for a number.
CREATE FUNCTION right_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('right_changes', CASE TG_TABLE_NAME WHEN 'users' THEN to_jsonb(OLD) ->> 'id' ELSE to_jsonb(OLD) ->> 'user_id' END);
  RETURN NULL;
END $$;

CREATE TRIGGER "members_right_change" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.user_id, OLD.role) IS DISTINCT FROM (NEW.registry_id, NEW.user_id, NEW.role))
  EXECUTE FUNCTION right_change();
CREATE TRIGGER "members_right_removal" AFTER DELETE ON "members" FOR EACH ROW EXECUTE FUNCTION right_change();

CREATE TRIGGER "users_right_change" AFTER UPDATE ON "users" FOR EACH ROW
  WHEN ((OLD.id, OLD.role, OLD.disabled_at) IS DISTINCT FROM (NEW.id, NEW.role, NEW.disabled_at))
  EXECUTE FUNCTION right_change();
CREATE TRIGGER "users_right_removal" AFTER DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION right_change();

CREATE TRIGGER "access_tokens_right_change" AFTER UPDATE ON "access_tokens" FOR EACH ROW
  WHEN ((OLD.id, OLD.user_id, OLD.secret_hash, OLD.scopes, OLD.expires_at, OLD.revoked_at)
        IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.secret_hash, NEW.scopes, NEW.expires_at, NEW.revoked_at))
  EXECUTE FUNCTION right_change();
CREATE TRIGGER "access_tokens_right_removal" AFTER DELETE ON "access_tokens" FOR EACH ROW EXECUTE FUNCTION right_change();

CREATE TRIGGER "access_keys_right_change" AFTER UPDATE ON "access_keys" FOR EACH ROW
  WHEN ((OLD.id, OLD.registry_id, OLD.user_id, OLD.key_version, OLD.expires_at, OLD.disabled_at)
        IS DISTINCT FROM (NEW.id, NEW.registry_id, NEW.user_id, NEW.key_version, NEW.expires_at, NEW.disabled_at))
  EXECUTE FUNCTION right_change();
CREATE TRIGGER "access_keys_right_removal" AFTER DELETE ON "access_keys" FOR EACH ROW EXECUTE FUNCTION right_change();
