import { randomInt } from 'node:crypto';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import { evaluateName } from '#lib/publishers/names/name-check.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Creates a registry that the caller owns. The default alias can't be changed. */
export async function insertRegistry(
  tx: DbOrTx,
  { caller, displayName }: { caller: UserCaller; displayName: string },
): Promise<{ id: bigint; registryId: string; alias: string }> {
  const { userId } = caller.principal;
  const registryId = await pickFree(createRegistryId, (id) => tx.registry.findUnique({ where: { registryId: id } }));
  const alias = await pickFree(createDefaultAlias, (name) =>
    tx.alias.findFirst({ where: { OR: [{ name }, { foldedKey: foldAlias(name) }] } }),
  );
  const { id } = await tx.registry.create({
    data: { registryId, displayName, members: { create: { userId, role: 'owner' } } },
  });
  const { id: aliasId } = await tx.alias.create({
    data: { name: alias, foldedKey: foldAlias(alias), registryKey: id },
  });
  await tx.registry.update({
    where: { id },
    data: {
      defaultAliasId: aliasId,
      primaryAliasId: aliasId,
      ...(await evaluateName(tx, { name: displayName, registryKey: id })),
    },
  });
  const after = { registryId, defaultAlias: alias };
  await recordChange(tx, { caller, registryKey: id, type: 'registry.create', resource: { name: registryId }, after });
  return { id, registryId, alias };
}

/** There are billions of values, so a second draw is rare. The unique constraint catches races. */
async function pickFree(draw: () => string, find: (value: string) => Promise<unknown>): Promise<string> {
  for (;;) {
    const value = draw();
    if (!(await find(value))) return value;
  }
}

function createRegistryId(): string {
  return Array.from({ length: 12 }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join('');
}

/** A letter and a digit four times, such as `m2z1h0k9`. */
function createDefaultAlias(): string {
  return Array.from({ length: 4 }, () => (LETTERS[randomInt(LETTERS.length)] ?? 'a') + String(randomInt(10))).join('');
}
