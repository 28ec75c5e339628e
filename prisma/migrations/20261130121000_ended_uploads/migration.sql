-- CreateTable
CREATE TABLE "ended_uploads" (
    "id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ended_uploads_pkey" PRIMARY KEY ("id")
);
