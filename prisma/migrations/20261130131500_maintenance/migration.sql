-- Since when the site is read-only, and what visitors are told (lib/site/maintenance.ts).
ALTER TABLE "site_settings" ADD COLUMN "maintenance_since" TIMESTAMPTZ(3);
ALTER TABLE "site_settings" ADD COLUMN "maintenance_note" TEXT NOT NULL DEFAULT '';

-- Announces changed settings, so that every process follows at once.
CREATE FUNCTION site_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('site_changes', '');
  RETURN NULL;
END $$;

CREATE TRIGGER "site_settings_change" AFTER INSERT OR UPDATE ON "site_settings" FOR EACH ROW EXECUTE FUNCTION site_change();
