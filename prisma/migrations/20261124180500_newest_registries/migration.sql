-- CreateIndex
CREATE INDEX "registries_created_at_id_idx" ON "registries"("created_at" DESC, "id" DESC);
