-- AlterTable
ALTER TABLE "registries" ADD COLUMN     "logo_id" UUID;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "logo_id" UUID;

-- AlterTable
ALTER TABLE "search_documents" ADD COLUMN     "logo_id" UUID;

-- CreateTable
CREATE TABLE "logos" (
    "id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "logos_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "logos_sha256_key" ON "logos"("sha256");

-- CreateIndex
CREATE INDEX "registries_logo_id_idx" ON "registries"("logo_id");

-- CreateIndex
CREATE INDEX "repositories_logo_id_idx" ON "repositories"("logo_id");

-- AddForeignKey
ALTER TABLE "registries" ADD CONSTRAINT "registries_logo_id_fkey" FOREIGN KEY ("logo_id") REFERENCES "logos"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_logo_id_fkey" FOREIGN KEY ("logo_id") REFERENCES "logos"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
