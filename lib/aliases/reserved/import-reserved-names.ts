import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { requireReservedNamesAdmin, reservedNameSchema } from './reserved-names.ts';

const MAX_ROWS = 20_000;
export const IMPORT_COLUMNS = ['name', 'kind', 'match', 'reason', 'source'] as const;

export type ImportReport = {
  /** The number of rows that were added, or would be. */
  added: number;
  /** The number of rows that already exist. */
  known: number;
  /** Invalid rows. If there are any, nothing is imported. */
  problems: { line: number; problem: string }[];
  /** Active aliases that match a new entry. They stay active. */
  collisions: { name: string; alias: string }[];
};

/** Imports CSV with the header `name,kind,match,reason,source`. A dry run writes nothing. @throws AppError `forbidden`, `invalid_input` */
export async function importReservedNames(
  app: { db: Db },
  { caller, csv, isDryRun }: { caller: UserCaller; csv: string; isDryRun: boolean },
): Promise<ImportReport> {
  requireReservedNamesAdmin(caller);
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
  if (header?.record.map((cell) => cell.trim().toLowerCase()).join() !== IMPORT_COLUMNS.join()) {
    throw new AppError('invalid_input', `The first line of the file must be ${IMPORT_COLUMNS.join(',')}.`);
  }
  if (rows.length > MAX_ROWS) throw new AppError('too_large', `A file can have at most ${MAX_ROWS} names.`);
  const problems: ImportReport['problems'] = [];
  const seen = new Set<string>();
  const entries = rows.flatMap(({ record: [name, kind, match, reason, source], line }) => {
    const result = reservedNameSchema.safeParse({ name, kind, match: match || undefined, reason, source });
    if (!result.success) problems.push({ line, problem: result.error.issues[0]?.message ?? 'Invalid row.' });
    else if (seen.has(`${result.data.match} ${result.data.name}`))
      problems.push({ line, problem: `${result.data.name} appears twice in the file.` });
    else {
      seen.add(`${result.data.match} ${result.data.name}`);
      return [result.data];
    }
    return [];
  });
  return { entries, problems };
}

/** The types of csv-parse don't describe what `info` adds. */
const csvRowsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/** Parses CSV (RFC 4180). `line` is the line a record ends on. @throws AppError `invalid_input` */
function parseCsv(text: string): { record: string[]; line: number }[] {
  try {
    const rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
      to: MAX_ROWS + 2,
    });
    return csvRowsSchema.parse(rows).map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new AppError('invalid_input', `The file is not valid CSV: ${cause.message}.`, { cause });
  }
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
