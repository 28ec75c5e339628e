/** A string or anything else indexed by letter. */
export type Letters = ArrayLike<string>;

/**
 * Optimal string alignment distance: letters to delete, insert, replace or swap with their neighbour. Infinity above
 * `max`.
 * Compares only `2 * max + 1` cells per letter, which can stay within the limit.
 */
export function editDistance(a: Letters, b: Letters, max: number): number {
  if (Math.abs(a.length - b.length) > max) return Infinity;
  const over = max + 1;
  // The cells around the diagonal, with a sentinel above `max` at either end.
  let [older, old, row] = [over, over, over].map((cost) => new Uint8Array(2 * max + 3).fill(cost)) as Rows;
  for (let at = 0; at <= max; at += 1) old[over + at] = at;
  for (let i = 1; i <= a.length; i += 1) {
    let best = over;
    for (let place = 1; place <= 2 * max + 1; place += 1) {
      const j = i + place - over;
      let cost = j === 0 ? i : over;
      if (j > 0 && j <= b.length) {
        const isSame = a[i - 1] === b[j - 1];
        const isSwap = !isSame && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        const swapped = isSwap ? (older[place] ?? over) + 1 : over;
        const replaced = (old[place] ?? over) + (isSame ? 0 : 1);
        cost = Math.min(replaced, swapped, (old[place + 1] ?? over) + 1, (row[place - 1] ?? over) + 1);
      }
      row[place] = Math.min(cost, over);
      best = Math.min(best, cost);
    }
    if (best > max) return Infinity;
    [older, old, row] = [old, row, older];
  }
  const distance = old[over + b.length - a.length] ?? over;
  return distance > max ? Infinity : distance;
}

type Rows = [older: Uint8Array, old: Uint8Array, row: Uint8Array];

/** Returns the word and each variant with one letter deleted. Two words that share a variant are one typo apart. */
export function deletionsOf(word: string): string[] {
  const shorter = Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1));
  return [...new Set([word, ...shorter])].filter((part) => part !== '');
}
