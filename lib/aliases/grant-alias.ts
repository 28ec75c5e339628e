import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { ROUTE_WORDS } from '#lib/aliases/reserved/route-words.ts';

export type GrantAliasInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  makePrimary: boolean;
};

/** Grants a registry a custom alias. @throws AppError `forbidden`, `invalid_input`, `name_taken` (also for look-alikes) */
export async function grantAlias(app: { db: Db }, input: GrantAliasInput): Promise<void> {
  const { caller, registryKey, makePrimary } = input;
  requireAllowed({ ...caller, action: 'vitrine:AdministerAliases' });
  const name = parseInput(aliasSchema, input.name);
  if (ROUTE_WORDS.includes(name)) throw new AppError('name_taken', `${name} is reserved for a page of this site.`);
  await app.db.$transaction(async (tx) => {
    const alias = await tx.alias
      .create({ data: { name, foldedKey: foldAlias(name), registryKey } })
      .catch((cause: unknown) => {
        if (errorCode(cause) !== 'P2002') throw cause;
        throw new AppError('name_taken', `${name} or a similar alias is already taken.`, { cause });
      });
    if (makePrimary) await tx.registry.update({ where: { id: registryKey }, data: { primaryAliasId: alias.id } });
    await recordChange(tx, { caller, registryKey, type: 'alias.grant', resource: { name }, after: { makePrimary } });
  });
}
