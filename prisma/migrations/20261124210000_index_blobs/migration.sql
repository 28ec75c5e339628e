-- AlterEnum
ALTER TYPE "ManifestBlobKind" ADD VALUE 'child';
