-- What admins set in the console. One row, which appears with the first change.
CREATE TABLE "site_settings" (
  "is_only" BOOLEAN NOT NULL DEFAULT true,
  "name" TEXT NOT NULL DEFAULT '',
  "description" TEXT NOT NULL DEFAULT '',
  "accent" TEXT,
  "contact" TEXT NOT NULL DEFAULT '',
  "terms_url" TEXT NOT NULL DEFAULT '',
  "privacy_url" TEXT NOT NULL DEFAULT '',
  "banner_text" TEXT NOT NULL DEFAULT '',
  "banner_level" TEXT NOT NULL DEFAULT 'info',
  "banner_url" TEXT NOT NULL DEFAULT '',
  "banner_until" TIMESTAMPTZ(3),
  "logo_id" UUID,

  CONSTRAINT "site_settings_pkey" PRIMARY KEY ("is_only"),
  CONSTRAINT "site_settings_is_only_check" CHECK ("is_only")
);

CREATE INDEX "site_settings_logo_id_idx" ON "site_settings"("logo_id");
ALTER TABLE "site_settings" ADD CONSTRAINT "site_settings_logo_id_fkey" FOREIGN KEY ("logo_id") REFERENCES "logos"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
