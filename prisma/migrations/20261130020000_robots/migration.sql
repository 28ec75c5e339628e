-- CreateEnum
CREATE TYPE "UserKind" AS ENUM ('person', 'robot');

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "description" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "kind" "UserKind" NOT NULL DEFAULT 'person',
ADD COLUMN     "registry_id" BIGINT;

-- CreateIndex, for robots alone.
CREATE INDEX "users_registry_id_idx" ON "users"("registry_id") WHERE "registry_id" IS NOT NULL;

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A robot has no address, password or role on the site.
ALTER TABLE "users" ADD CONSTRAINT "users_kind_check" CHECK (
  CASE "kind"
    WHEN 'person' THEN "registry_id" IS NULL AND "email" NOT LIKE 'robot:%'
    ELSE "registry_id" IS NOT NULL AND "email" ~ '^robot:[0-9]{12}/[^@]+$' AND "password_hash" IS NULL
     AND "email_proven_at" IS NULL AND "role" = 'user'
  END
);

-- A robot is a member of its registry only, and never an owner.
CREATE FUNCTION check_robot_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.kind = 'robot'
      AND (u.registry_id <> NEW.registry_id OR NEW.role = 'owner' OR NEW.is_default)) THEN
    RAISE EXCEPTION 'robot % can''t have this membership', NEW.user_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "members_robot_check" BEFORE INSERT OR UPDATE ON "members" FOR EACH ROW EXECUTE FUNCTION check_robot_member();

-- Only people sign in, get notifications, and star or follow something.
CREATE FUNCTION refuse_robot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.kind = 'robot') THEN
    RAISE EXCEPTION 'robot % can''t have a row in %', NEW.user_id, TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "sessions_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "sessions" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "sign_in_links_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "sign_in_links" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "pending_sign_ins_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "pending_sign_ins" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "password_resets_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "password_resets" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "email_proofs_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "email_proofs" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "oidc_identities_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "oidc_identities" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "passkeys_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "passkeys" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "totp_factors_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "totp_factors" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "recovery_codes_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "recovery_codes" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "notifications_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "notifications" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "digests_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "digests" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "feed_links_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "feed_links" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "stars_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "stars" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "repository_follows_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "repository_follows" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
CREATE TRIGGER "registry_follows_robot_check" BEFORE INSERT OR UPDATE OF "user_id" ON "registry_follows" FOR EACH ROW EXECUTE FUNCTION refuse_robot();
