-- What the image that a page shows says of itself: filled in where the publisher has written nothing, and kept apart from what they write.
ALTER TABLE "repositories" ADD COLUMN "source_url" TEXT,
  ADD COLUMN "image_description" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "image_about_text" TEXT NOT NULL DEFAULT '';
