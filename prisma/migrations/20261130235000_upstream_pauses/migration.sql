-- What the processes of a site tell each other about upstreams.
CREATE TABLE "upstream_pauses" (
  "upstream_id" BIGINT NOT NULL REFERENCES "upstreams" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "kind" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "openings" INTEGER NOT NULL,
  "is_limited" BOOLEAN NOT NULL,
  "probe_until" TIMESTAMPTZ(3),
  PRIMARY KEY ("upstream_id", "kind")
);

-- Unlogged, because it is written before each request to an upstream, and losing it only allows a burst.
CREATE UNLOGGED TABLE "upstream_paces" (
  "host" TEXT NOT NULL PRIMARY KEY,
  "full_at" TIMESTAMPTZ(6) NOT NULL
);

-- The last RateLimit headers.
ALTER TABLE "upstreams"
  ADD COLUMN "rate_limit" INTEGER,
  ADD COLUMN "rate_remaining" INTEGER,
  ADD COLUMN "rate_window_seconds" INTEGER,
  ADD COLUMN "rate_seen_at" TIMESTAMPTZ(3);
