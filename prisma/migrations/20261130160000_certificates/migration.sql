-- Certificates from an ACME server, the accounts that order them, and the answers to challenges of orders in progress.
CREATE TABLE "site_certificates" (
  "id" BIGSERIAL PRIMARY KEY,
  "host" TEXT NOT NULL,
  "chain" TEXT NOT NULL,
  "sealed_key" BYTEA NOT NULL,
  "key_version" INTEGER NOT NULL,
  "renew_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "site_certificates_host_id_idx" ON "site_certificates" ("host", "id");

CREATE TABLE "acme_accounts" (
  "directory" TEXT PRIMARY KEY,
  "sealed_key" BYTEA NOT NULL,
  "key_version" INTEGER NOT NULL,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "last_failure" TEXT,
  "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE "acme_challenges" (
  "token" TEXT PRIMARY KEY,
  "answer" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
