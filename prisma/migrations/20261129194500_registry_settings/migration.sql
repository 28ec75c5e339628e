ALTER TABLE "registries" ADD COLUMN "push_visibility" "Visibility" NOT NULL DEFAULT 'public';
ALTER TABLE "members" ADD COLUMN "is_default" BOOLEAN NOT NULL DEFAULT false;
