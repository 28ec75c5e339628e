import { recordAudit, type AuditCaller } from '#lib/audit/record-audit.ts';
import type { Db } from '#lib/platform/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { hashPassword } from './password-hash.ts';
import { signUpSchema, type SessionUser, type SiteRole } from './schema.ts';
import { insertUser, toSessionUser } from './store.ts';

export type CreateUserInput = {
  email: string;
  password: string;
  displayName: string;
  role: SiteRole;
  /** Null: the operator, at the command line. */
  caller: AuditCaller;
};

/** The admin's word proves the address. @throws AppError `invalid_input`, `name_taken` */
export async function createUser(app: { db: Db }, input: CreateUserInput): Promise<SessionUser> {
  const { email, password, displayName } = parseInput(signUpSchema, input);
  const passwordHash = await hashPassword(password);
  return app.db.$transaction(async (tx) => {
    const user = await insertUser(tx, { email, displayName, passwordHash, role: input.role, isEmailProven: true });
    await recordAudit(tx, { caller: input.caller, action: 'user.create', target: email, after: { role: input.role } });
    return toSessionUser(user);
  });
}
