// Text in images is untrusted. Invisible characters are escaped, so that it can't mislead readers.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

/**
 * Escapes control, bidirectional and invisible characters, as in `\u{202e}`. Truncates to `maxLength` characters
 * without splitting a surrogate pair.
 */
export function toVisibleText(text: string, maxLength: number): string {
  const isCut = text.length > maxLength;
  const shown = isCut ? text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '') : text;
  const escaped = shown.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
  return isCut ? `${escaped}…` : escaped;
}

/** Like `toVisibleText`, but keeps line breaks and tabs. */
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
