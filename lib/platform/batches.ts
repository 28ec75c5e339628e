const BATCH_ROWS = 1000;

/** Rows in portions that one INSERT can take: Postgres has at most 65,535 parameters a statement. */
export function* batches<Row>(rows: Row[]): Iterable<Row[]> {
  for (let at = 0; at < rows.length; at += BATCH_ROWS) yield rows.slice(at, at + BATCH_ROWS);
}
