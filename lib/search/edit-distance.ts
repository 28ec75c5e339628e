/** How many letters must be left out, added, replaced or swapped with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const cost = (row: number, column: number) => distances[row * width + column] ?? 0;
  const distances = Array.from({ length: (a.length + 1) * width }, (_, at) => (at < width ? at : 0));
  for (let row = 1; row <= a.length; row += 1) {
    distances[row * width] = row;
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      distances[row * width + column] = Math.min(
        cost(row - 1, column) + 1,
        cost(row, column - 1) + 1,
        cost(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwap ? cost(row - 2, column - 2) + 1 : Infinity,
      );
    }
  }
  return cost(a.length, b.length);
}

/** The word, and what is left of it without any one of its letters: two words that share one of these are one typo apart. */
export function deletionsOf(word: string): string[] {
  const shorter = Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1));
  return [...new Set([word, ...shorter])].filter((part) => part !== '');
}
