// What stands in images was written by anyone: it is shown as text that can't hide what it is.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

/**
 * Control, bidirectional and invisible characters as `\u{202e}`, and no more than `maxLength` characters. A cut is never
 * within a character.
 */
export function toVisibleText(text: string, maxLength: number): string {
  const isCut = text.length > maxLength;
  const shown = isCut ? text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '') : text;
  const escaped = shown.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
  return isCut ? `${escaped}…` : escaped;
}

/** The same for texts of several lines: line breaks and tabs stay. */
export function toVisibleLines(text: string, maxLength: number): string {
  const isCut = text.length > maxLength;
  const lines = text.slice(0, maxLength).split('\n');
  const shown = lines.map((line) =>
    line
      .split('\t')
      .map((part) => toVisibleText(part, maxLength))
      .join('\t'),
  );
  return `${shown.join('\n')}${isCut ? '…' : ''}`;
}
