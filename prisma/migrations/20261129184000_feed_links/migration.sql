CREATE TABLE "feed_links" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feed_links_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "feed_links_user_id_key" ON "feed_links"("user_id");

ALTER TABLE "feed_links" ADD CONSTRAINT "feed_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
