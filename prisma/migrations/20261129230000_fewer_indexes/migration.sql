-- Nothing reads these two. Without them, a push or a pull changes no indexed column of its repository, so that PostgreSQL
-- updates the row in place (HOT) instead of adding it to every index of the table.
DROP INDEX "repositories_last_pushed_at_idx";
DROP INDEX "repositories_pull_count_idx";
ALTER TABLE "repositories" SET (fillfactor = 85);

-- Most rows have no access key.
DROP INDEX "audit_events_access_key_id_id_idx";
CREATE INDEX "audit_events_access_key_id_id_idx" ON "audit_events"("access_key_id", "id" DESC) WHERE "access_key_id" IS NOT NULL;
DROP INDEX "audit_pulls_access_key_id_id_idx";
CREATE INDEX "audit_pulls_access_key_id_id_idx" ON "audit_pulls"("access_key_id", "id" DESC) WHERE "access_key_id" IS NOT NULL;
