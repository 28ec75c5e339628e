/**
 * One key for all names that look alike in print: case, separators, 0/o, 1/i/l, rn/m and vv/w make no difference.
 * Unique in the database, so that no two publishers ever hold names that differ by less.
 */
export function foldAlias(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[._-]/g, '')
      .replace(/0/g, 'o')
      .replace(/[1i]/g, 'l')
      // Taken apart, not put together: of `vvv` nobody can say whether it is `wv` or `vw`.
      .replace(/m/g, 'rn')
      .replace(/w/g, 'vv')
  );
}
