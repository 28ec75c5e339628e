-- Slugs of lib/repositories/categories.ts, at most three.
ALTER TABLE "repositories" ADD COLUMN "categories" TEXT[] DEFAULT ARRAY[]::TEXT[];
-- NOT VALID skips the scan of the rows there are, which have none.
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_categories_check" CHECK (cardinality("categories") <= 3) NOT VALID;
