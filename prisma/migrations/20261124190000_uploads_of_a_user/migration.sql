-- How many uploads a user has open is asked whenever another one begins.
CREATE INDEX "uploads_user_id_idx" ON "uploads"("user_id");
