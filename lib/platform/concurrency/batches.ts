/** Splits rows into batches. The default fits one INSERT, because PostgreSQL limits a statement to 65,535 parameters. */
export function* batches<Row>(rows: Row[], size = 1_000): Iterable<Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
