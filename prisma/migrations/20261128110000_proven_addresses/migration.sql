-- AlterTable
ALTER TABLE "users" ADD COLUMN "email_proven_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "invitations" ADD COLUMN "accepted_by_id" UUID;

-- CreateTable
CREATE TABLE "email_proofs" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "user_id" UUID,
    "display_name" TEXT NOT NULL DEFAULT '',
    "secret_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_proofs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "email_proofs_secret_hash_key" ON "email_proofs"("secret_hash");

-- CreateIndex
CREATE INDEX "email_proofs_user_id_idx" ON "email_proofs"("user_id");

-- CreateIndex
CREATE INDEX "email_proofs_email_idx" ON "email_proofs"("email");

-- AddForeignKey
ALTER TABLE "email_proofs" ADD CONSTRAINT "email_proofs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A changed address is unproven unless the same statement proves it. The previous version, which knows no proofs, can't carry one over.
CREATE FUNCTION forget_email_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email_proven_at := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER users_forget_email_proof BEFORE UPDATE OF email ON users FOR EACH ROW
  WHEN (NEW.email IS DISTINCT FROM OLD.email AND NEW.email_proven_at IS NOT DISTINCT FROM OLD.email_proven_at)
  EXECUTE FUNCTION forget_email_proof();

-- Accounts of before. Proven: staff, accounts that an admin created under this address, and accounts linked by an address that the
-- issuer had verified. Accounts that an issuer's first sign-in created are proven at their next one.
UPDATE users u SET email_proven_at = now()
 WHERE u.role <> 'user'
    OR EXISTS (
      SELECT FROM audit_events a
       WHERE a.action = 'user.create' AND a.target = u.email
         AND a.at BETWEEN u.created_at - interval '10 seconds' AND u.created_at + interval '10 seconds')
    OR EXISTS (
      SELECT FROM audit_events a WHERE a.action = 'user.link-oidc' AND a.target = u.email AND a.actor_id = u.id);

-- Who accepted the invitations of before.
UPDATE invitations i SET accepted_by_id = a.actor_id
  FROM audit_events a
 WHERE a.action = 'member.join' AND a.registry_id = i.registry_id AND a.after ->> 'invited' = i.email
   AND a.at BETWEEN i.accepted_at - interval '10 seconds' AND i.accepted_at + interval '10 seconds';
