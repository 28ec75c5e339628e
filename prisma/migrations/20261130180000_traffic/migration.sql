-- Bytes moved by repository, day and network. Rows outlive their repository, so that a registry's totals stay.
CREATE TABLE "traffic" (
  "registry_id" BIGINT NOT NULL REFERENCES "registries" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "day" DATE NOT NULL,
  "repository_id" BIGINT NOT NULL,
  "network" TEXT NOT NULL,
  "sent_bytes" BIGINT NOT NULL,
  "received_bytes" BIGINT NOT NULL,
  PRIMARY KEY ("registry_id", "day", "repository_id", "network")
);
CREATE INDEX "traffic_day_idx" ON "traffic" USING BRIN ("day");
