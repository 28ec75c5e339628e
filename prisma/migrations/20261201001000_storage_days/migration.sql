-- What a registry stored, once a day.
CREATE TABLE "storage_days" (
  "registry_id" BIGINT NOT NULL REFERENCES "registries" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "day" DATE NOT NULL,
  "stored_bytes" BIGINT NOT NULL,
  "linked_bytes" BIGINT NOT NULL,
  PRIMARY KEY ("registry_id", "day")
);
CREATE INDEX "storage_days_day_idx" ON "storage_days" USING BRIN ("day");
