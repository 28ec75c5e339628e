ALTER TABLE "uploads" ADD COLUMN "small_part_end" BIGINT;
