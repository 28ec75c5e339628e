-- DropForeignKey
ALTER TABLE "search_documents" DROP CONSTRAINT "search_documents_repository_id_fkey";

-- DropTable
DROP TABLE "search_documents";

-- CreateTable
CREATE TABLE "search_repositories" (
    "repository_id" BIGINT NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "aliases" TEXT[],
    "name" TEXT NOT NULL,
    "leaf" TEXT COLLATE "C" NOT NULL,
    "joined" TEXT COLLATE "C" NOT NULL,
    "display_name" TEXT NOT NULL,
    "primary_alias" TEXT COLLATE "C" NOT NULL,
    "publisher_name" TEXT COLLATE "C" NOT NULL,
    "logo_id" UUID,
    "description" TEXT NOT NULL,
    "operating_systems" TEXT[],
    "architectures" TEXT[],
    "kind" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL,
    "signed" BOOLEAN NOT NULL,
    "pull_count" BIGINT NOT NULL,
    "popularity" SMALLINT NOT NULL,
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,
    "words" tsvector NOT NULL,
    "changed_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "search_repositories_pkey" PRIMARY KEY ("repository_id")
);

-- CreateTable
CREATE TABLE "search_removals" (
    "repository_id" BIGINT NOT NULL,
    "changed_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "search_removals_pkey" PRIMARY KEY ("repository_id")
);

-- CreateTable
CREATE TABLE "search_words" (
    "word" TEXT COLLATE "C" NOT NULL,
    "deletions" TEXT[],
    "popularity" SMALLINT NOT NULL,

    CONSTRAINT "search_words_pkey" PRIMARY KEY ("word")
);

-- CreateIndex
CREATE INDEX "search_repositories_words_idx" ON "search_repositories" USING GIN ("words");

-- CreateIndex
CREATE INDEX "search_repositories_aliases_idx" ON "search_repositories" USING GIN ("aliases");

-- CreateIndex
CREATE INDEX "search_repositories_leaf_idx" ON "search_repositories"("leaf");

-- CreateIndex
CREATE INDEX "search_repositories_joined_idx" ON "search_repositories"("joined");

-- CreateIndex
CREATE INDEX "search_repositories_pull_count_repository_id_idx" ON "search_repositories"("pull_count" DESC, "repository_id");

-- CreateIndex
CREATE INDEX "search_repositories_pushed_at_repository_id_idx" ON "search_repositories"("pushed_at" DESC, "repository_id");

-- CreateIndex
CREATE INDEX "search_repositories_name_repository_id_idx" ON "search_repositories"("name", "repository_id");

-- CreateIndex
CREATE INDEX "search_repositories_changed_xid_repository_id_idx" ON "search_repositories"("changed_xid", "repository_id");

-- CreateIndex
CREATE INDEX "search_removals_changed_xid_repository_id_idx" ON "search_removals"("changed_xid", "repository_id");

-- CreateIndex
CREATE INDEX "search_words_deletions_idx" ON "search_words" USING GIN ("deletions");

-- CreateIndex
CREATE INDEX "search_words_word_idx" ON "search_words" USING GIN ("word" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "search_repositories_primary_alias_idx" ON "search_repositories"("primary_alias");

-- CreateIndex
CREATE INDEX "search_repositories_publisher_name_idx" ON "search_repositories"("publisher_name");

-- AddForeignKey
ALTER TABLE "search_repositories" ADD CONSTRAINT "search_repositories_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;


