-- CreateEnum
CREATE TYPE "ReservedKind" AS ENUM ('service', 'seller', 'brand', 'route', 'generic', 'blocked');

-- CreateEnum
CREATE TYPE "ReservedMatch" AS ENUM ('exact', 'prefix', 'folded');

-- CreateEnum
CREATE TYPE "AliasRequestStatus" AS ENUM ('draft', 'submitted', 'in_review', 'info_requested', 'approved', 'active', 'declined', 'appealed', 'withdrawn', 'expired', 'suspended');

-- CreateEnum
CREATE TYPE "AliasRequestEntryKind" AS ENUM ('message', 'note', 'status');

-- CreateEnum
CREATE TYPE "DomainProofMethod" AS ENUM ('dns', 'well_known');

-- CreateEnum
CREATE TYPE "DomainProofStatus" AS ENUM ('pending', 'proven', 'missing', 'lost');

-- CreateEnum
CREATE TYPE "ReportStatus" AS ENUM ('open', 'dismissed', 'acted_on');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "AliasStatus" ADD VALUE 'pending';
ALTER TYPE "AliasStatus" ADD VALUE 'suspended';

-- AlterTable
ALTER TABLE "registries" ADD COLUMN     "verified_by" TEXT,
ADD COLUMN     "verified_note" TEXT;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "quarantine_reason" TEXT,
ADD COLUMN     "quarantined_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oidc_identities" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "oidc_identities_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateTable
CREATE TABLE "sign_in_failures" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,
    "last_failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_failures_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "href" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "email" TEXT NOT NULL,
    "role" "RegistryRole" NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "invited_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reserved_names" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "folded_key" TEXT NOT NULL,
    "kind" "ReservedKind" NOT NULL,
    "match" "ReservedMatch" NOT NULL DEFAULT 'exact',
    "reason" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reserved_names_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alias_requests" (
    "id" UUID NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "requester_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "AliasRequestStatus" NOT NULL DEFAULT 'draft',
    "purpose" TEXT NOT NULL,
    "links" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "checks" JSONB NOT NULL DEFAULT '[]',
    "risk" INTEGER NOT NULL DEFAULT 0,
    "needs_two" BOOLEAN NOT NULL DEFAULT false,
    "alias_id" BIGINT,
    "reviewer_id" UUID,
    "claimed_until" TIMESTAMPTZ(3),
    "approved_by_id" UUID,
    "decided_by_id" UUID,
    "decline_reason" TEXT,
    "decline_text" TEXT,
    "is_appeal" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "submitted_at" TIMESTAMPTZ(3),
    "info_requested_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alias_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alias_request_entries" (
    "id" BIGSERIAL NOT NULL,
    "request_id" UUID NOT NULL,
    "kind" "AliasRequestEntryKind" NOT NULL,
    "author_id" UUID,
    "body" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alias_request_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "domain_proofs" (
    "id" UUID NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "domain" TEXT NOT NULL,
    "method" "DomainProofMethod" NOT NULL,
    "challenge" TEXT NOT NULL,
    "status" "DomainProofStatus" NOT NULL DEFAULT 'pending',
    "missed_checks" INTEGER NOT NULL DEFAULT 0,
    "last_problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "proven_at" TIMESTAMPTZ(3),

    CONSTRAINT "domain_proofs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saved_replies" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_replies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reports" (
    "id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "email" TEXT,
    "address" TEXT,
    "status" "ReportStatus" NOT NULL DEFAULT 'open',
    "handled_by_id" UUID,
    "handled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "oidc_identities_user_id_idx" ON "oidc_identities"("user_id");

-- CreateIndex
CREATE INDEX "sign_in_failures_last_failed_at_idx" ON "sign_in_failures"("last_failed_at");

-- CreateIndex
CREATE INDEX "notifications_user_id_id_idx" ON "notifications"("user_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "invitations_secret_hash_key" ON "invitations"("secret_hash");

-- CreateIndex
CREATE INDEX "invitations_registry_id_idx" ON "invitations"("registry_id");

-- CreateIndex
CREATE INDEX "reserved_names_folded_key_idx" ON "reserved_names"("folded_key");

-- CreateIndex
CREATE UNIQUE INDEX "reserved_names_name_match_key" ON "reserved_names"("name", "match");

-- CreateIndex
CREATE UNIQUE INDEX "alias_requests_alias_id_key" ON "alias_requests"("alias_id");

-- CreateIndex
CREATE INDEX "alias_requests_status_submitted_at_idx" ON "alias_requests"("status", "submitted_at");

-- CreateIndex
CREATE INDEX "alias_requests_registry_id_idx" ON "alias_requests"("registry_id");

-- CreateIndex
CREATE INDEX "alias_request_entries_request_id_id_idx" ON "alias_request_entries"("request_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "domain_proofs_registry_id_domain_method_key" ON "domain_proofs"("registry_id", "domain", "method");

-- CreateIndex
CREATE UNIQUE INDEX "saved_replies_title_key" ON "saved_replies"("title");

-- CreateIndex
CREATE INDEX "reports_status_created_at_idx" ON "reports"("status", "created_at");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oidc_identities" ADD CONSTRAINT "oidc_identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alias_requests" ADD CONSTRAINT "alias_requests_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alias_requests" ADD CONSTRAINT "alias_requests_alias_id_fkey" FOREIGN KEY ("alias_id") REFERENCES "aliases"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alias_request_entries" ADD CONSTRAINT "alias_request_entries_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "alias_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "domain_proofs" ADD CONSTRAINT "domain_proofs_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
