-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "join_role" "RegistryRole" NOT NULL DEFAULT 'reader';
