-- CreateTable
CREATE TABLE "sign_up_counts" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_up_counts_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "sign_up_counts_started_at_idx" ON "sign_up_counts"("started_at");
