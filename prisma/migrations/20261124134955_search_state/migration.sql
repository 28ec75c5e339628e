-- CreateTable
CREATE TABLE "search_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "rules" TEXT NOT NULL,

    CONSTRAINT "search_state_pkey" PRIMARY KEY ("id")
);
