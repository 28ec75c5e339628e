-- AlterEnum
ALTER TYPE "UserKind" ADD VALUE 'role';

-- A robot or role has no address, password or role on the site.
ALTER TABLE "users" DROP CONSTRAINT "users_kind_check";
ALTER TABLE "users" ADD CONSTRAINT "users_kind_check" CHECK (
  CASE "kind"
    WHEN 'person' THEN "registry_id" IS NULL AND "email" NOT LIKE 'robot:%' AND "email" NOT LIKE 'role:%'
    WHEN 'robot' THEN "email" ~ '^robot:[0-9]{12}/[^@]+$'
    ELSE "email" ~ '^role:[0-9]{12}/[^@]+$'
  END
  AND ("kind" = 'person' OR "registry_id" IS NOT NULL AND "password_hash" IS NULL AND "email_proven_at" IS NULL AND "role" = 'user')
);

-- A robot or role is a member of its registry only, and never an owner.
CREATE OR REPLACE FUNCTION check_robot_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.kind <> 'person'
      AND (u.registry_id <> NEW.registry_id OR NEW.role = 'owner' OR NEW.is_default)) THEN
    RAISE EXCEPTION 'robot or role % can''t have this membership', NEW.user_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- Only people sign in, get notifications, and star or follow something.
CREATE OR REPLACE FUNCTION refuse_robot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.kind <> 'person') THEN
    RAISE EXCEPTION 'robot or role % can''t have a row in %', NEW.user_id, TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- CreateTable
CREATE TABLE "role_trusts" (
    "user_id" UUID NOT NULL,
    "policy" TEXT NOT NULL,
    "max_session_seconds" INTEGER NOT NULL,

    CONSTRAINT "role_trusts_pkey" PRIMARY KEY ("user_id")
);
ALTER TABLE "role_trusts" ADD CONSTRAINT "role_trusts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "identity_providers" (
    "registry_id" BIGINT NOT NULL,
    "issuer" TEXT NOT NULL,
    "audiences" TEXT[],
    "key_set" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_providers_pkey" PRIMARY KEY ("registry_id", "issuer")
);
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Sessions of roles are access keys that end by themselves. Lasting keys have neither a session nor an id like theirs.
ALTER TABLE "access_keys" ADD COLUMN     "session_claims" JSONB,
ADD COLUMN     "session_name" TEXT,
ADD COLUMN     "session_policy" TEXT;
ALTER TABLE "access_keys" ADD CONSTRAINT "access_keys_session_check" CHECK (
  ("session_name" IS NOT NULL) = ("id" LIKE 'ASIA%') AND ("session_name" IS NULL OR "expires_at" IS NOT NULL)
);
