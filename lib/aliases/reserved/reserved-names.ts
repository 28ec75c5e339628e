// Lists, adds and removes reserved names.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { ReservedFact } from '#lib/publishers/names/protected-names.sql.ts';
import { RESERVED_KINDS, RESERVED_MATCHES, type ReservedKind } from '#lib/aliases/schema.ts';

export const reservedNameSchema = z.object({
  name: z
    .string()
    .trim()
    .toLowerCase()
    .min(1, 'Enter a name.')
    .max(50, 'Use at most 50 characters.')
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'Use only lowercase letters, digits and . _ - in a name.'),
  kind: z.enum(RESERVED_KINDS, { error: `The kind must be one of ${RESERVED_KINDS.join(', ')}.` }),
  match: z
    .enum(RESERVED_MATCHES, { error: `The match must be one of ${RESERVED_MATCHES.join(', ')}.` })
    .default('folded'),
  reason: z
    .string()
    .trim()
    .min(1, 'Enter a reason. It is shown to requesters.')
    .max(500, 'Use at most 500 characters.'),
  source: oneLine(200).default(''),
});
export type ReservedNameInput = z.input<typeof reservedNameSchema>;

export type ReservedNameView = ReservedFact & { id: string; source: string; createdAt: Date };

export async function listReservedNames(
  app: { db: DbOrTx },
  { query, kind, offset, limit }: { query: string; kind: ReservedKind | null; offset: number; limit: number },
): Promise<{ entries: ReservedNameView[]; total: number }> {
  const where = { name: { contains: query.toLowerCase() }, ...(kind && { kind }) };
  const [rows, total] = await Promise.all([
    app.db.reservedName.findMany({ where, orderBy: [{ name: 'asc' }, { id: 'asc' }], skip: offset, take: limit }),
    app.db.reservedName.count({ where }),
  ]);
  return { entries: rows.map(({ foldedKey: _, ...row }) => ({ ...row, id: String(row.id) })), total };
}

/** @throws AppError `forbidden`, `invalid_input`, `name_taken` */
export async function addReservedName(
  app: { db: Db },
  { caller, ...input }: { caller: UserCaller } & ReservedNameInput,
): Promise<void> {
  requireReservedNamesAdmin(caller);
  const entry = parseInput(reservedNameSchema, input);
  await app.db.$transaction(async (tx) => {
    await tx.reservedName.create({ data: { ...entry, foldedKey: foldAlias(entry.name) } }).catch((cause: unknown) => {
      if (errorCode(cause) !== 'P2002') throw cause;
      throw new AppError('name_taken', `${entry.name} is already reserved.`, { cause });
    });
    await recordChange(tx, { caller, type: 'reserved-name.add', resource: { name: entry.name }, after: entry });
  });
}

/** @throws AppError `forbidden`, `not_found` */
export async function removeReservedName(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<void> {
  requireReservedNamesAdmin(caller);
  if (!/^\d{1,18}$/.test(id)) throw unknownEntry();
  await app.db.$transaction(async (tx) => {
    const entry = await tx.reservedName.findUnique({ where: { id: BigInt(id) } });
    if (!entry) throw unknownEntry();
    await tx.reservedName.delete({ where: { id: entry.id } });
    const { name, kind, match, reason } = entry;
    await recordChange(tx, {
      caller,
      type: 'reserved-name.remove',
      resource: { name },
      before: { kind, match, reason },
    });
  });
}

export function requireReservedNamesAdmin(caller: UserCaller): void {
  requireAllowed({ ...caller, action: 'vitrine:ManageReservedNames' });
}

function unknownEntry(): AppError {
  return new AppError('not_found', 'Reserved name not found.');
}
