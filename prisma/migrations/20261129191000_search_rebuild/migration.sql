ALTER TABLE "search_state" ADD COLUMN "building_rules" TEXT, ADD COLUMN "built_through" BIGINT;
