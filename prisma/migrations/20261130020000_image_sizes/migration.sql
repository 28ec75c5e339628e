-- Sizes of images in publishers' texts, so that pages reserve their space after a restart, too.
CREATE TABLE "image_sizes" (
  "path_hash" BYTEA NOT NULL,
  "width" INTEGER NOT NULL,
  "height" INTEGER NOT NULL,
  "served_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

  CONSTRAINT "image_sizes_pkey" PRIMARY KEY ("path_hash")
);

CREATE INDEX "image_sizes_served_at_idx" ON "image_sizes" ("served_at");
