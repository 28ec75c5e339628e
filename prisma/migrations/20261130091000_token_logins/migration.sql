-- Docker may log in with a workload's token itself, to roles that accept it.
ALTER TABLE "role_trusts" ADD COLUMN     "accepts_token_login" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "access_keys" ADD COLUMN     "login_token_hash" TEXT;
CREATE UNIQUE INDEX "access_keys_login_token_hash_key" ON "access_keys"("login_token_hash");
