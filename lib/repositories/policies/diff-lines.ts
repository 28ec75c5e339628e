// The differences between two texts, line by line.

export type DiffLine = { change: 'same' | 'added' | 'removed'; text: string };

/** Comparing takes the product of both counts of lines. */
const MAX_STEPS = 1_000_000;

export function diffLines(before: string, after: string): DiffLine[] {
  const [old, now] = [splitLines(before), splitLines(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const toLines = (texts: string[], change: DiffLine['change']) => texts.map((text): DiffLine => ({ change, text }));
  return [
    ...toLines(old.slice(0, start), 'same'),
    ...diffMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...toLines(end === 0 ? [] : old.slice(-end), 'same'),
  ];
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/);
}

/** By the longest common subsequence. Texts that are too long count as replaced. */
function diffMiddle(old: string[], now: string[]): DiffLine[] {
  const width = now.length + 1;
  const isTooLong = old.length * now.length > MAX_STEPS;
  const lengths = new Uint32Array(isTooLong ? 0 : (old.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  if (!isTooLong) {
    for (let row = old.length - 1; row >= 0; row -= 1)
      for (let column = now.length - 1; column >= 0; column -= 1)
        lengths[row * width + column] =
          old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (!isTooLong && row < old.length && column < now.length && old[row] === now[column]) {
      lines.push({ change: 'same', text: old[row] ?? '' });
      row += 1;
      column += 1;
    } else if (row < old.length && (column === now.length || isTooLong || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ change: 'removed', text: old[row] ?? '' });
      row += 1;
    } else {
      lines.push({ change: 'added', text: now[column] ?? '' });
      column += 1;
    }
  }
  return lines;
}
