-- AlterTable
ALTER TABLE "members" ADD COLUMN     "is_by_group" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "teams" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "teams_registry_id_name_key" ON "teams"("registry_id", "name");
CREATE UNIQUE INDEX "teams_id_registry_id_key" ON "teams"("id", "registry_id");
ALTER TABLE "teams" ADD CONSTRAINT "teams_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "team_members" (
    "team_id" BIGINT NOT NULL,
    "registry_id" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "is_by_group" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_members_pkey" PRIMARY KEY ("team_id","user_id")
);
CREATE INDEX "team_members_registry_id_user_id_idx" ON "team_members"("registry_id", "user_id");
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_team_id_registry_id_fkey" FOREIGN KEY ("team_id", "registry_id") REFERENCES "teams"("id", "registry_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_registry_id_user_id_fkey" FOREIGN KEY ("registry_id", "user_id") REFERENCES "members"("registry_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "team_groups" (
    "team_id" BIGINT NOT NULL,
    "group_name" TEXT NOT NULL,

    CONSTRAINT "team_groups_pkey" PRIMARY KEY ("team_id","group_name")
);
CREATE INDEX "team_groups_group_name_idx" ON "team_groups"("group_name");
ALTER TABLE "team_groups" ADD CONSTRAINT "team_groups_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;
