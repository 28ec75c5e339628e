/** Rows in portions; as they are by default, one INSERT can take them: Postgres has at most 65,535 parameters a statement. */
export function* batches<Row>(rows: Row[], size = 1_000): Iterable<Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
