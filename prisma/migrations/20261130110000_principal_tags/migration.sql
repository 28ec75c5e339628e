-- Tags of members, robots and roles, which policies test.
ALTER TABLE "members" ADD COLUMN "tags" JSONB;

-- Processes cache memberships with their policies and tags (lib/distribution/hot-path/pull-rights.ts).
CREATE OR REPLACE TRIGGER "members_policies_change" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN ((OLD.policies, OLD.attached_policies, OLD.tags) IS DISTINCT FROM (NEW.policies, NEW.attached_policies, NEW.tags))
  EXECUTE FUNCTION right_change();
