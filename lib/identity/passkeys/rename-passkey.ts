import { z } from 'zod';
import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { passkeyNameSchema } from '#lib/identity/factors/schema.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getPasskey } from './get-passkey.ts';

const inputSchema = z.object({ name: passkeyNameSchema });

export type RenamePasskeyInput = { caller: UserCaller; id: string; name: string };

/** @throws AppError `invalid_input`, `forbidden`, `not_found` */
export async function renamePasskey(app: { db: Db }, { caller, id, ...input }: RenamePasskeyInput): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  const { name } = parseInput(inputSchema, input);
  const { userId, email } = caller.principal;
  await app.db.$transaction(async (tx) => {
    const passkey = await getPasskey(tx, { userId, id });
    if (passkey.name === name) return;
    await tx.passkey.update({ where: { id }, data: { name } });
    const change = { before: { name: passkey.name }, after: { name } };
    await recordChange(tx, { caller, type: 'factor.rename-passkey', resource: { name: email }, ...change });
  });
}
