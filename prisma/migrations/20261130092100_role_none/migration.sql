-- AlterEnum
ALTER TYPE "RegistryRole" ADD VALUE 'none';
