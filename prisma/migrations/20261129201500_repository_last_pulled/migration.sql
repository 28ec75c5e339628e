ALTER TABLE "repositories" ADD COLUMN "last_pulled_at" TIMESTAMPTZ(3);
