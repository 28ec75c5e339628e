/**
 * Folds names that look alike to one key: case, separators, 0/o, 1/i/l, rn/m and vv/w are equivalent.
 * The key is unique in the database, so that no two publishers have confusable aliases.
 */
export function foldAlias(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[._-]/g, '')
      .replace(/0/g, 'o')
      .replace(/[1i]/g, 'l')
      // Expand rather than contract, because `vvv` could be `wv` or `vw`.
      .replace(/m/g, 'rn')
      .replace(/w/g, 'vv')
  );
}
