import type { Config } from '#lib/platform/config/config.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { createSignInLink } from '#lib/identity/sessions/create-sign-in-link.ts';
import { createUser } from './create-user.ts';
import { hashPassword } from './password-hash.ts';
import { insertUser } from './store.ts';
import { takeOverAccount } from './take-over-account.ts';

/** The address of an admin nobody has named yet; it can be changed once signed in. */
export const UNNAMED_ADMIN_EMAIL = 'admin@vitrine.localhost';

/** Admins who have a way in. */
const CAN_SIGN_IN = {
  role: 'admin',
  disabledAt: null,
  OR: [{ passwordHash: { not: null } }, { lastSignInAt: { not: null } }, { oidcIdentities: { some: {} } }],
} satisfies Prisma.UserWhereInput;

/**
 * A site without an admin gets one: as ADMIN_EMAIL and ADMIN_PASSWORD say, or unnamed. Until some admin can sign in, every start
 * answers a new one-time secret for the unnamed one; otherwise null.
 */
export async function ensureFirstAdmin(app: { db: Db; config: Config }): Promise<{ linkSecret: string } | null> {
  const { adminEmail, adminPassword } = app.config;
  const admin = await app.db.user.findFirst({ where: { role: 'admin' }, orderBy: { createdAt: 'asc' } });
  if (!admin && adminEmail && adminPassword) {
    await makeNamedAdmin(app, adminEmail, adminPassword);
    return null;
  }
  if (admin && (admin.lastSignInAt || admin.email !== UNNAMED_ADMIN_EMAIL)) return null;
  if (admin && (await app.db.user.count({ where: CAN_SIGN_IN })) > 0) return null;
  if (admin && adminEmail && adminPassword) {
    await app.db.user.delete({ where: { id: admin.id } });
    await makeNamedAdmin(app, adminEmail, adminPassword);
    return null;
  }
  const userId = admin?.id ?? (await makeUnnamedAdmin(app));
  const { secret } = await createSignInLink(app, { userId });
  return { linkSecret: secret };
}

/**
 * Somebody may have signed up with that address before. Had they proven it, they become the admin with the password they have;
 * otherwise the account is taken from them, as ADMIN_EMAIL says whose it is.
 */
async function makeNamedAdmin(app: { db: Db }, email: string, password: string): Promise<void> {
  const existing = await app.db.user.findUnique({ where: { email } });
  if (!existing) {
    await createUser(app, { email, password, displayName: 'Admin', role: 'admin', caller: SYSTEM_CALLER });
    return;
  }
  const passwordHash = existing.emailProvenAt ? null : await hashPassword(password);
  await app.db.$transaction(async (tx) => {
    if (passwordHash !== null) await takeOverAccount(tx, { user: existing, caller: SYSTEM_CALLER });
    await tx.user.update({ where: { email }, data: { role: 'admin', ...(passwordHash !== null && { passwordHash }) } });
    await recordChange(tx, { caller: SYSTEM_CALLER, type: 'user.make-admin', resource: { name: email } });
  });
}

async function makeUnnamedAdmin(app: { db: Db }): Promise<string> {
  const user = await insertUser(app.db, {
    email: UNNAMED_ADMIN_EMAIL,
    displayName: 'Admin',
    passwordHash: null,
    role: 'admin',
    isEmailProven: true,
  });
  return user.id;
}
