-- What a key did, and who pulled a tag.
CREATE INDEX "audit_events_access_key_id_id_idx" ON "audit_events"("access_key_id", "id" DESC);
CREATE INDEX "audit_pulls_access_key_id_id_idx" ON "audit_pulls"("access_key_id", "id" DESC);
CREATE INDEX "audit_pulls_registry_id_repository_name_tag_id_idx" ON "audit_pulls"("registry_id", "repository_name", "tag", "id" DESC);
