import { Readable } from 'node:stream';
import { toCsvRow } from '#lib/platform/csv-row.ts';
import type { StoredDay } from '#lib/repositories/usage/schema.ts';
import { streamLines } from './stream-lines.ts';

const COLUMNS = ['day', 'storedBytes', 'linkedBytes'] as const;

/** Exports what was stored by day as a CSV file. Leaves out days that weren't measured. */
export function exportStorage(days: StoredDay[]): Response {
  const measured = days.filter(({ storedBytes }) => storedBytes !== null);
  const lines = [toCsvRow(COLUMNS), ...measured.map((row) => toCsvRow(COLUMNS.map((column) => row[column])))];
  return streamLines(Readable.from(lines), { fileName: 'storage.csv', mediaType: 'text/csv' });
}
