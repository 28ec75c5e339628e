import { diffLines, type DiffLine } from './diff-lines.ts';

/** Returns no lines if nothing would change. */
export function comparePolicies(before: string | null, after: string): DiffLine[] {
  return before === after ? [] : diffLines(spread(before ?? ''), spread(after));
}

/** Texts on a single line say nothing when compared. */
function spread(text: string): string {
  if (text.includes('\n')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
