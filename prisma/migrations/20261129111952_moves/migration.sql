-- Former names of renamed and transferred repositories, offers of transfers, and deprecation notices.
CREATE TABLE "former_names" (
    "registry_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "former_names_pkey" PRIMARY KEY ("registry_id", "name")
);
CREATE INDEX "former_names_repository_id_idx" ON "former_names"("repository_id");
ALTER TABLE "former_names" ADD CONSTRAINT "former_names_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "former_names" ADD CONSTRAINT "former_names_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whatever takes a name ends its redirect: a new repository, a mirror, a restored, renamed or transferred one.
CREATE FUNCTION end_redirect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM former_names WHERE registry_id = NEW.registry_id AND name = NEW.name;
  RETURN NULL;
END $$;
CREATE TRIGGER "repositories_end_redirect" AFTER INSERT ON "repositories"
  FOR EACH ROW EXECUTE FUNCTION end_redirect();
CREATE TRIGGER "repositories_end_redirect_of_move" AFTER UPDATE OF "registry_id", "name" ON "repositories"
  FOR EACH ROW EXECUTE FUNCTION end_redirect();

-- A process may have cached the repository under its former name.
CREATE TRIGGER "former_names_pull_change" AFTER UPDATE OR DELETE ON "former_names"
  FOR EACH ROW EXECUTE FUNCTION pull_change_of_row();

CREATE TABLE "repository_transfers" (
    "id" UUID NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "from_registry_id" BIGINT NOT NULL,
    "to_registry_id" BIGINT NOT NULL,
    "offered_by_id" UUID,
    "offered_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "repository_transfers_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "repository_transfers_repository_id_key" ON "repository_transfers"("repository_id");
CREATE INDEX "repository_transfers_from_registry_id_idx" ON "repository_transfers"("from_registry_id");
CREATE INDEX "repository_transfers_to_registry_id_idx" ON "repository_transfers"("to_registry_id");
ALTER TABLE "repository_transfers" ADD CONSTRAINT "repository_transfers_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "repository_transfers" ADD CONSTRAINT "repository_transfers_from_registry_id_fkey" FOREIGN KEY ("from_registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "repository_transfers" ADD CONSTRAINT "repository_transfers_to_registry_id_fkey" FOREIGN KEY ("to_registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "repositories" ADD COLUMN "deprecated_at" TIMESTAMPTZ(3);
ALTER TABLE "repositories" ADD COLUMN "deprecation_text" TEXT NOT NULL DEFAULT '';
ALTER TABLE "repositories" ADD COLUMN "deprecation_successor" TEXT NOT NULL DEFAULT '';
ALTER TABLE "repositories" ADD COLUMN "deprecation_ends_on" DATE;
