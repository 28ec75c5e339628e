-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "featured_tag" TEXT;
