import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { IMPORT_COLUMNS } from './import-reserved-names.ts';
import { requireReservedNamesAdmin } from './reserved-names.ts';

/** Exports all reserved names as CSV that can be imported again. @throws AppError `forbidden` */
export async function exportReservedNames(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<string> {
  requireReservedNamesAdmin(caller);
  const entries = await app.db.reservedName.findMany({ orderBy: [{ kind: 'asc' }, { name: 'asc' }, { id: 'asc' }] });
  const lines = entries.map((entry) => IMPORT_COLUMNS.map((column) => quoteCell(entry[column])).join(','));
  return [IMPORT_COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** Quotes a cell as in RFC 4180, section 2. */
function quoteCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
