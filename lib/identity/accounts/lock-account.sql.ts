// Account locks. Take them before locks on rows that belong to the account.
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Serialises changes to an account's credentials. Rows that reference the account can still be written. */
export async function lockAccount(tx: DbOrTx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
}

/** Does the same for the account with this address and returns its id. Accounts are of people. */
export async function lockAddress(tx: DbOrTx, email: string): Promise<string | null> {
  const [row] = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM users WHERE email = ${email} AND kind = 'person' FOR NO KEY UPDATE`;
  return row?.id ?? null;
}

/** Also blocks writes of rows that reference the user. */
export async function lockUser(tx: DbOrTx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
}

/** Returns the ids of those that aren't disabled. They can't be disabled or deleted until the transaction ends. */
export async function holdEnabled(tx: DbOrTx, userIds: string[]): Promise<string[]> {
  const enabled = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE id = ANY(${userIds}::uuid[]) AND disabled_at IS NULL ORDER BY id FOR SHARE`;
  return enabled.map(({ id }) => id);
}

/** Returns the ids of all admins who can sign in. */
export async function lockAdmins(tx: DbOrTx): Promise<string[]> {
  const admins = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`;
  return admins.map(({ id }) => id);
}

/** Returns the keys of all registries that the user is a member of. */
export async function lockRegistriesOf(tx: DbOrTx, userId: string): Promise<bigint[]> {
  const registries = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM registries WHERE id IN (SELECT registry_id FROM members WHERE user_id = ${userId}::uuid)
     ORDER BY id FOR UPDATE`;
  return registries.map(({ id }) => id);
}

/** Serialises with changes to the registries' members. */
export async function lockRegistries(tx: DbOrTx, keys: bigint[]): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM registries WHERE id = ANY(${keys}) ORDER BY id FOR NO KEY UPDATE`;
}
