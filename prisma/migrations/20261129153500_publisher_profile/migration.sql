-- What a publisher's page shows: a bio, links, a banner colour and pinned repositories.
ALTER TABLE "registries" ADD COLUMN "bio" TEXT NOT NULL DEFAULT '',
ADD COLUMN "website" TEXT NOT NULL DEFAULT '',
ADD COLUMN "source_url" TEXT NOT NULL DEFAULT '',
ADD COLUMN "contact" TEXT NOT NULL DEFAULT '',
ADD COLUMN "banner_colour" TEXT NOT NULL DEFAULT '';

CREATE TABLE "repository_pins" (
    "registry_id" BIGINT NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "repository_pins_pkey" PRIMARY KEY ("registry_id","repository_id")
);
CREATE INDEX "repository_pins_repository_id_idx" ON "repository_pins"("repository_id");
ALTER TABLE "repository_pins" ADD CONSTRAINT "repository_pins_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "repository_pins" ADD CONSTRAINT "repository_pins_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
