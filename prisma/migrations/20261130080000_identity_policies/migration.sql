ALTER TABLE "members" ADD COLUMN "policies" TEXT;

-- Processes cache memberships with their policies (lib/distribution/hot-path/pull-rights.ts).
CREATE TRIGGER "members_policies_change" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN (OLD.policies IS DISTINCT FROM NEW.policies)
  EXECUTE FUNCTION right_change();
