CREATE TYPE "TagMutability" AS ENUM ('mutable', 'immutable', 'immutable_with_exclusion', 'mutable_with_exclusion');
ALTER TABLE "repositories"
    ADD COLUMN "tag_mutability" "TagMutability" NOT NULL DEFAULT 'mutable',
    ADD COLUMN "tag_exclusions" TEXT[] DEFAULT ARRAY[]::TEXT[];
CREATE INDEX "repositories_registry_id_visibility_name_idx" ON "repositories"("registry_id", "visibility", "name");

CREATE TABLE "resource_tags" (
    "repository_id" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "resource_tags_pkey" PRIMARY KEY ("repository_id", "key"),
    CONSTRAINT "resource_tags_repository_id_fkey" FOREIGN KEY ("repository_id")
        REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
