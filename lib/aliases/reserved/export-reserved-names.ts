import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { IMPORT_COLUMNS } from './import-reserved-names.ts';
import { requireReservedNamesAdmin } from './reserved-names.ts';

/** All of them, as a file that can be imported again. @throws AppError `forbidden` */
export async function exportReservedNames(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<string> {
  requireReservedNamesAdmin(caller);
  const entries = await app.db.reservedName.findMany({ orderBy: [{ kind: 'asc' }, { name: 'asc' }, { id: 'asc' }] });
  const lines = entries.map((entry) => IMPORT_COLUMNS.map((column) => quoteCell(entry[column])).join(','));
  return [IMPORT_COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** RFC 4180, section 2: cells with commas, quotes or line breaks are quoted, and quotes in them doubled. */
function quoteCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
