-- CreateEnum
CREATE TYPE "PushCreation" AS ENUM ('always', 'template', 'never');

-- CreateEnum
CREATE TYPE "TemplatePurpose" AS ENUM ('push', 'pull_through', 'replication');

-- AlterTable
ALTER TABLE "registries" ADD COLUMN     "push_creation" "PushCreation" NOT NULL DEFAULT 'always';

-- CreateTable
CREATE TABLE "creation_templates" (
    "registry_id" BIGINT NOT NULL,
    "prefix" TEXT NOT NULL,
    "applied_for" "TemplatePurpose"[],
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" "Visibility",
    "uses_kms" BOOLEAN NOT NULL DEFAULT false,
    "kms_key" TEXT,
    "tag_mutability" "TagMutability" NOT NULL DEFAULT 'mutable',
    "tag_exclusions" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "repository_policy" TEXT,
    "lifecycle_policy" TEXT,
    "resource_tags" JSONB NOT NULL DEFAULT '{}',
    "role_arn" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "creation_templates_pkey" PRIMARY KEY ("registry_id","prefix")
);

-- AddForeignKey
ALTER TABLE "creation_templates" ADD CONSTRAINT "creation_templates_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
