-- Claims of the token that a role's session was opened with. Policies test them, and pushes record them.
ALTER TABLE "access_keys" ADD COLUMN "session_claims" JSONB;
