import { recordChange } from '#lib/events/record-change.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { requireAdmin, reservedNameSchema } from './reserved-names.ts';
import { parseCsv } from './parse-csv.ts';

const MAX_ROWS = 20_000;
export const IMPORT_COLUMNS = ['name', 'kind', 'match', 'reason', 'source'] as const;

export type ImportReport = {
  /** Rows that were, or would be, added. */
  added: number;
  /** Rows that say what an entry says already. */
  known: number;
  /** Rows that are not right: their line in the file, and why. None of the file is imported then. */
  problems: { line: number; problem: string }[];
  /** Living aliases that a new entry covers. They stay; new requests for such names are refused. */
  collisions: { name: string; alias: string }[];
};

/** CSV with a first line `name,kind,match,reason,source`. With `isDryRun` nothing is written. @throws AppError `forbidden`, `invalid_input` */
export async function importReservedNames(
  app: { db: Db },
  { caller, csv, isDryRun }: { caller: UserCaller; csv: string; isDryRun: boolean },
): Promise<ImportReport> {
  requireAdmin(caller);
  const { entries, problems } = readEntries(csv);
  const existing = await app.db.reservedName.findMany({ select: { name: true, match: true } });
  const taken = new Set(existing.map(({ name, match }) => `${match} ${name}`));
  const fresh = entries.filter(({ name, match }) => !taken.has(`${match} ${name}`));
  const report: ImportReport = {
    added: problems.length > 0 ? 0 : fresh.length,
    known: entries.length - fresh.length,
    problems,
    collisions: await findCollisions(app.db, fresh),
  };
  if (isDryRun || problems.length > 0) return report;
  await app.db.$transaction(async (tx) => {
    const data = fresh.map((entry) => ({
      ...entry,
      source: entry.source || 'import',
      foldedKey: foldAlias(entry.name),
    }));
    await tx.reservedName.createMany({ data, skipDuplicates: true });
    await recordChange(tx, {
      caller,
      type: 'reserved-name.import',
      resource: { name: `${fresh.length} names` },
      after: { added: fresh.length },
    });
  });
  return report;
}

function readEntries(csv: string) {
  const [header, ...rows] = parseCsv(csv);
  if (header?.map((cell) => cell.trim().toLowerCase()).join() !== IMPORT_COLUMNS.join()) {
    throw new AppError('invalid_input', `The first line of the file must be ${IMPORT_COLUMNS.join(',')}.`);
  }
  if (rows.length > MAX_ROWS) throw new AppError('too_large', `A file has at most ${MAX_ROWS} names.`);
  const problems: ImportReport['problems'] = [];
  const seen = new Set<string>();
  const entries = rows.flatMap((cells, i) => {
    const [name, kind, match, reason, source] = cells;
    const result = reservedNameSchema.safeParse({ name, kind, match: match || undefined, reason, source });
    const line = i + 2;
    if (!result.success) problems.push({ line, problem: result.error.issues[0]?.message ?? 'Not valid.' });
    else if (seen.has(`${result.data.match} ${result.data.name}`))
      problems.push({ line, problem: `${result.data.name} stands twice in the file.` });
    else {
      seen.add(`${result.data.match} ${result.data.name}`);
      return [result.data];
    }
    return [];
  });
  return { entries, problems };
}

async function findCollisions(
  db: DbOrTx,
  entries: { name: string; match: string }[],
): Promise<ImportReport['collisions']> {
  const aliases = await db.alias.findMany({ where: { status: 'active' }, select: { name: true, foldedKey: true } });
  return entries.flatMap(({ name, match }) =>
    aliases
      .filter((alias) =>
        match === 'exact'
          ? alias.name === name
          : match === 'prefix'
            ? alias.name.startsWith(name)
            : alias.foldedKey === foldAlias(name),
      )
      .map((alias) => ({ name, alias: alias.name })),
  );
}
