-- CreateIndex
CREATE INDEX "tag_events_repository_id_at_idx" ON "tag_events"("repository_id", "at" DESC);
