ALTER TABLE "site_settings" ADD COLUMN "staff_need_factor" BOOLEAN NOT NULL DEFAULT false;
