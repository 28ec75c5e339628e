import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { createSignInLink } from '#lib/identity/sessions/create-sign-in-link.ts';
import { createUser } from './create-user.ts';
import { hashPassword } from './password-hash.ts';
import { insertUser } from './store.ts';
import { takeOverAccount } from './take-over-account.ts';

/** The placeholder address of the first admin, who can change it after signing in. */
export const UNNAMED_ADMIN_EMAIL = 'admin@vitrine.localhost';

/** Admins with a way to sign in again. A session from a one-time link is none. */
const CAN_SIGN_IN = {
  role: 'admin',
  disabledAt: null,
  OR: [{ passwordHash: { not: null } }, { passkeys: { some: {} } }, { oidcIdentities: { some: {} } }],
} satisfies Prisma.UserWhereInput;

/**
 * Creates an admin if the site has none, from ADMIN_EMAIL and ADMIN_PASSWORD or with a placeholder address.
 * Returns a new one-time sign-in secret for the placeholder admin on every start until some admin can sign in.
 */
export async function ensureFirstAdmin(app: {
  db: Db;
  config: IdentityConfig;
}): Promise<{ linkSecret: string } | null> {
  const { adminEmail, adminPassword } = app.config;
  const admin = await app.db.user.findFirst({ where: { role: 'admin' }, orderBy: { createdAt: 'asc' } });
  if (!admin && adminEmail && adminPassword) {
    await makeNamedAdmin(app, adminEmail, adminPassword);
    return null;
  }
  if (admin && admin.email !== UNNAMED_ADMIN_EMAIL) return null;
  if (admin && (await app.db.user.count({ where: CAN_SIGN_IN })) > 0) return null;
  if (admin && adminEmail && adminPassword) {
    if (!admin.lastSignInAt) await app.db.user.delete({ where: { id: admin.id } });
    await makeNamedAdmin(app, adminEmail, adminPassword);
    return null;
  }
  const userId = admin?.id ?? (await makeUnnamedAdmin(app));
  const { secret } = await createSignInLink(app, { userId });
  return { linkSecret: secret };
}

/**
 * If the address already has an account, it becomes the admin. A proven account keeps its password.
 * An unproven one is taken over with ADMIN_PASSWORD, because ADMIN_EMAIL says who owns the address.
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
