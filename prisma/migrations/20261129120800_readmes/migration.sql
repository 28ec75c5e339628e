-- READMEs that are fetched for a repository's page. A row exists while its publisher has switched that on.
CREATE TABLE "readmes" (
    "repository_id" BIGINT NOT NULL,
    "source" TEXT NOT NULL,
    "url" TEXT,
    "text" TEXT NOT NULL DEFAULT '',
    "fetched_at" TIMESTAMPTZ(3),
    "tried_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    CONSTRAINT "readmes_pkey" PRIMARY KEY ("repository_id")
);

CREATE INDEX "readmes_tried_at_idx" ON "readmes"("tried_at");

ALTER TABLE "readmes" ADD CONSTRAINT "readmes_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
