import { Readable } from 'node:stream';
import { toCsvRow } from '#lib/platform/csv-row.ts';
import type { TrafficDay } from '#lib/repositories/usage/read-usage.sql.ts';
import { streamLines } from './stream-lines.ts';

const COLUMNS = ['day', 'repository', 'network', 'sentBytes', 'receivedBytes'] as const;

/** Exports rows as a CSV file. Repositories that are gone have an empty name. */
export function exportTraffic(rows: TrafficDay[]): Response {
  const lines = [toCsvRow(COLUMNS), ...rows.map((row) => toCsvRow(COLUMNS.map((column) => row[column])))];
  return streamLines(Readable.from(lines), { fileName: 'usage.csv', mediaType: 'text/csv' });
}
