-- The days of all repositories' pulls are written in order, so a block range index finds the last weeks and costs pushes nothing.
CREATE INDEX "pull_counts_day_idx" ON "pull_counts" USING BRIN ("day") WITH (pages_per_range = 32, autosummarize = on);

-- Lists of the home page that are too expensive for a request. A job renews them.
CREATE TABLE "home_lists" (
  "is_only" BOOLEAN NOT NULL DEFAULT true,
  "content" JSONB NOT NULL,
  "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

  CONSTRAINT "home_lists_pkey" PRIMARY KEY ("is_only"),
  CONSTRAINT "home_lists_is_only_check" CHECK ("is_only")
);

-- The repositories that admins picked for the home page.
CREATE TABLE "home_picks" (
  "repository_id" BIGINT NOT NULL,
  "position" INTEGER NOT NULL,

  CONSTRAINT "home_picks_pkey" PRIMARY KEY ("repository_id")
);

ALTER TABLE "home_picks" ADD CONSTRAINT "home_picks_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
