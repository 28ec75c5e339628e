-- AlterTable
ALTER TABLE "pull_through_rules" ADD COLUMN     "credential_arn" TEXT,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
