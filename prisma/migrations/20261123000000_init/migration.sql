-- Trigram matching for search. A trusted extension: the database's owner may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "SiteRole" AS ENUM ('user', 'reviewer', 'admin');

-- CreateEnum
CREATE TYPE "RegistryRole" AS ENUM ('owner', 'maintainer', 'pusher', 'reader');

-- CreateEnum
CREATE TYPE "AliasStatus" AS ENUM ('active', 'released');

-- CreateEnum
CREATE TYPE "Visibility" AS ENUM ('public', 'private');

-- CreateEnum
CREATE TYPE "ManifestBlobKind" AS ENUM ('config', 'layer');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "password_hash" TEXT,
    "role" "SiteRole" NOT NULL DEFAULT 'user',
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_links" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registries" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" TEXT NOT NULL,
    "display_name" TEXT NOT NULL DEFAULT '',
    "verified_at" TIMESTAMPTZ(3),
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "primary_alias_id" BIGINT,
    "default_alias_id" BIGINT,

    CONSTRAINT "registries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "members" (
    "registry_id" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "RegistryRole" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("registry_id","user_id")
);

-- CreateTable
CREATE TABLE "aliases" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "folded_key" TEXT NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "status" "AliasStatus" NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "aliases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repositories" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "visibility" "Visibility" NOT NULL DEFAULT 'public',
    "version" INTEGER NOT NULL DEFAULT 1,
    "description" TEXT NOT NULL DEFAULT '',
    "about_text" TEXT NOT NULL DEFAULT '',
    "usage_text" TEXT NOT NULL DEFAULT '',
    "operating_systems" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "architectures" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "pull_count" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_pushed_at" TIMESTAMPTZ(3),

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifests" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "artifact_type" TEXT,
    "config_media_type" TEXT,
    "subject_digest" TEXT,
    "annotations" JSONB NOT NULL DEFAULT '{}',
    "payload" BYTEA NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "content_bytes" BIGINT NOT NULL DEFAULT 0,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,
    "image_created_at" TIMESTAMPTZ(3),
    "pushed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "pushed_by_id" UUID,

    CONSTRAINT "manifests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifest_blobs" (
    "manifest_id" BIGINT NOT NULL,
    "kind" "ManifestBlobKind" NOT NULL,
    "position" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,

    CONSTRAINT "manifest_blobs_pkey" PRIMARY KEY ("manifest_id","kind","position")
);

-- CreateTable
CREATE TABLE "manifest_children" (
    "parent_id" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,

    CONSTRAINT "manifest_children_pkey" PRIMARY KEY ("parent_id","position")
);

-- CreateTable
CREATE TABLE "tags" (
    "repository_id" BIGINT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "manifest_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "pushed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tags_pkey" PRIMARY KEY ("repository_id","name")
);

-- CreateTable
CREATE TABLE "tag_events" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "tag" TEXT NOT NULL,
    "from_digest" TEXT,
    "to_digest" TEXT,
    "user_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tag_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blobs" (
    "id" BIGSERIAL NOT NULL,
    "sha256" TEXT NOT NULL,
    "sha512" TEXT,
    "size_bytes" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository_blobs" (
    "repository_id" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "blob_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "repository_blobs_pkey" PRIMARY KEY ("repository_id","digest")
);

-- CreateTable
CREATE TABLE "uploads" (
    "id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "offset_bytes" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pull_counts" (
    "repository_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "tag" TEXT NOT NULL DEFAULT '',
    "count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "pull_counts_pkey" PRIMARY KEY ("repository_id","day","tag")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" UUID,
    "actor_label" TEXT NOT NULL,
    "registry_id" BIGINT,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "address" TEXT,
    "request_id" TEXT,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_documents" (
    "repository_id" BIGINT NOT NULL,
    "aliases" TEXT[],
    "name" TEXT NOT NULL,
    "name_text" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "operating_systems" TEXT[],
    "architectures" TEXT[],
    "kind" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "pull_count" BIGINT NOT NULL DEFAULT 0,
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,
    "full_text" tsvector,

    CONSTRAINT "search_documents_pkey" PRIMARY KEY ("repository_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_secret_hash_key" ON "access_tokens"("secret_hash");

-- CreateIndex
CREATE INDEX "access_tokens_user_id_idx" ON "access_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_links_secret_hash_key" ON "sign_in_links"("secret_hash");

-- CreateIndex
CREATE INDEX "sign_in_links_user_id_idx" ON "sign_in_links"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "registries_registry_id_key" ON "registries"("registry_id");

-- CreateIndex
CREATE UNIQUE INDEX "registries_primary_alias_id_key" ON "registries"("primary_alias_id");

-- CreateIndex
CREATE UNIQUE INDEX "registries_default_alias_id_key" ON "registries"("default_alias_id");

-- CreateIndex
CREATE INDEX "members_user_id_idx" ON "members"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "aliases_name_key" ON "aliases"("name");

-- CreateIndex
CREATE UNIQUE INDEX "aliases_folded_key_key" ON "aliases"("folded_key");

-- CreateIndex
CREATE INDEX "aliases_registry_id_idx" ON "aliases"("registry_id");

-- CreateIndex
CREATE INDEX "repositories_last_pushed_at_idx" ON "repositories"("last_pushed_at" DESC);

-- CreateIndex
CREATE INDEX "repositories_pull_count_idx" ON "repositories"("pull_count" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "repositories_registry_id_name_key" ON "repositories"("registry_id", "name");

-- CreateIndex
CREATE INDEX "manifests_repository_id_subject_digest_idx" ON "manifests"("repository_id", "subject_digest");

-- CreateIndex
CREATE UNIQUE INDEX "manifests_repository_id_digest_key" ON "manifests"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "manifest_blobs_digest_idx" ON "manifest_blobs"("digest");

-- CreateIndex
CREATE INDEX "manifest_children_digest_idx" ON "manifest_children"("digest");

-- CreateIndex
CREATE INDEX "tags_manifest_id_idx" ON "tags"("manifest_id");

-- CreateIndex
CREATE INDEX "tags_repository_id_pushed_at_idx" ON "tags"("repository_id", "pushed_at" DESC);

-- CreateIndex
CREATE INDEX "tag_events_repository_id_tag_at_idx" ON "tag_events"("repository_id", "tag", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "blobs_sha256_key" ON "blobs"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "blobs_sha512_key" ON "blobs"("sha512");

-- CreateIndex
CREATE INDEX "repository_blobs_blob_id_idx" ON "repository_blobs"("blob_id");

-- CreateIndex
CREATE INDEX "uploads_expires_at_idx" ON "uploads"("expires_at");

-- CreateIndex
CREATE INDEX "uploads_repository_id_idx" ON "uploads"("repository_id");

-- CreateIndex
CREATE INDEX "audit_events_registry_id_id_idx" ON "audit_events"("registry_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_events_action_id_idx" ON "audit_events"("action", "id" DESC);

-- CreateIndex
CREATE INDEX "search_documents_name_text_idx" ON "search_documents" USING GIN ("name_text" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "search_documents_full_text_idx" ON "search_documents" USING GIN ("full_text");

-- CreateIndex
CREATE INDEX "search_documents_pushed_at_idx" ON "search_documents"("pushed_at" DESC);

-- AddForeignKey
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_in_links" ADD CONSTRAINT "sign_in_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registries" ADD CONSTRAINT "registries_primary_alias_id_fkey" FOREIGN KEY ("primary_alias_id") REFERENCES "aliases"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registries" ADD CONSTRAINT "registries_default_alias_id_fkey" FOREIGN KEY ("default_alias_id") REFERENCES "aliases"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "aliases" ADD CONSTRAINT "aliases_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifests" ADD CONSTRAINT "manifests_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_blobs" ADD CONSTRAINT "manifest_blobs_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_children" ADD CONSTRAINT "manifest_children_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tags" ADD CONSTRAINT "tags_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tags" ADD CONSTRAINT "tags_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag_events" ADD CONSTRAINT "tag_events_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_blobs" ADD CONSTRAINT "repository_blobs_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_blobs" ADD CONSTRAINT "repository_blobs_blob_id_fkey" FOREIGN KEY ("blob_id") REFERENCES "blobs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pull_counts" ADD CONSTRAINT "pull_counts_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_documents" ADD CONSTRAINT "search_documents_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;


