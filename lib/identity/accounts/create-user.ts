import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockAccountByEmail } from './lock-account.ts';
import { hashPassword } from './password-hash.ts';
import type { Caller, SiteRole } from '#lib/access/schema.ts';
import { signUpSchema, type SessionUser } from '#lib/identity/schema.ts';
import { insertUser, toSessionUser } from './store.ts';
import { takeOverAccount } from './take-over-account.ts';

export type CreateUserInput = {
  email: string;
  password: string;
  displayName: string;
  role: SiteRole;
  /** Takes over an existing account with this address if the address was never proven. */
  isTakeOver?: boolean;
  caller: Caller;
};

/** Creates a user on an admin's behalf. The address counts as proven. @throws AppError `invalid_input`, `name_taken` */
export async function createUser(app: { db: Db }, input: CreateUserInput): Promise<SessionUser> {
  const { caller } = input;
  requireAllowed({ ...caller, action: 'vitrine:ManageUsers' });
  const { email, password, displayName } = parseInput(signUpSchema, input);
  const passwordHash = await hashPassword(password);
  return app.db.$transaction(async (tx) => {
    const data = { email, displayName, passwordHash, role: input.role };
    const existing = input.isTakeOver ? await lockAccountByEmail(tx, email) : null;
    const unproven = existing?.emailProvenAt === null ? existing : null;
    if (unproven) await takeOverAccount(tx, { user: unproven, caller });
    const user = unproven
      ? await tx.user.update({ where: { id: unproven.id }, data })
      : await insertUser(tx, { ...data, isEmailProven: true });
    await recordChange(tx, {
      caller,
      type: 'user.create',
      resource: { name: email },
      after: { role: input.role },
    });
    return toSessionUser(user);
  });
}
