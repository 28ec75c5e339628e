-- Nothing reads them.
ALTER TABLE "access_keys" DROP COLUMN "session_claims";
