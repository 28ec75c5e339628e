export type Side = 'both' | 'from' | 'to';
export type Merged<Item> = { side: Side; item: Item };

/** Merges two lists by their longest common subsequence. Takes time proportional to the product of their lengths. */
export function mergeLists<Item>(
  from: readonly Item[],
  to: readonly Item[],
  keyOf: (item: Item) => string,
): Merged<Item>[] {
  const [fromKeys, toKeys] = [from.map(keyOf), to.map(keyOf)];
  const width = to.length + 1;
  // The length of the longest common subsequence of what follows i and j.
  const common = new Uint16Array((from.length + 1) * width);
  const commonAt = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = from.length - 1; i >= 0; i -= 1)
    for (let j = to.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        fromKeys[i] === toKeys[j] ? commonAt(i + 1, j + 1) + 1 : Math.max(commonAt(i + 1, j), commonAt(i, j + 1));
  const merged: Merged<Item>[] = [];
  for (let i = 0, j = 0; i < from.length || j < to.length;) {
    const [left, right] = [from[i], to[j]];
    if (left !== undefined && right !== undefined && fromKeys[i] === toKeys[j]) {
      merged.push({ side: 'both', item: right });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || commonAt(i + 1, j) >= commonAt(i, j + 1))) {
      merged.push({ side: 'from', item: left });
      i += 1;
    } else if (right !== undefined) {
      merged.push({ side: 'to', item: right });
      j += 1;
    }
  }
  return merged;
}
