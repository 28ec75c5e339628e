import { toCsvRow } from '#lib/platform/csv-row.ts';
import type { TrafficDay } from '#lib/repositories/usage/read-usage.sql.ts';
import { streamLines } from './stream-lines.ts';

const COLUMNS = ['day', 'repository', 'network', 'sentBytes', 'receivedBytes'] as const;

/** Exports rows as a CSV file. Repositories that are gone have an empty name. */
export function exportTraffic(rows: TrafficDay[]): Response {
  return streamLines(toLines(rows), { fileName: 'usage.csv', mediaType: 'text/csv' });
}

// eslint-disable-next-line @typescript-eslint/require-await -- The stream reads lines asynchronously.
async function* toLines(rows: TrafficDay[]): AsyncGenerator<string> {
  yield toCsvRow(COLUMNS);
  for (const row of rows) yield toCsvRow(COLUMNS.map((column) => row[column]));
}
