// Names and short texts are restricted to visible characters, because they appear in pages and emails.
import { z } from 'zod';

/** Control, line break, bidirectional and zero-width characters, unpaired surrogates, and blank letters. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{2800}\u{3164}\u{ffa0}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');

/** Validates a trimmed line without invisible characters. Allows an empty string; add `.min(1, …)` to require text. */
export function oneLine(maxLength: number, tooLong = `Use at most ${maxLength} characters.`) {
  return z
    .string()
    .trim()
    .max(maxLength, tooLong)
    .refine((text) => !INVISIBLE.test(text), 'Use only visible characters on a single line.');
}

/** Line breaks, and the joiners that emoji and several scripts need. */
const ALLOWED_IN_LINES = /[\n\u200c\u200d]/g;

/** Like `oneLine`, but for a short text of several lines. Consecutive empty lines become one. */
export function shortText(maxLength: number) {
  return z
    .string()
    .transform((text) =>
      text
        .split(/\r\n?|\n/)
        .map((line) => line.replaceAll('\t', ' ').trimEnd())
        .join('\n')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trim(),
    )
    .pipe(
      z
        .string()
        .max(maxLength, `Use at most ${maxLength} characters.`)
        .refine((text) => !INVISIBLE.test(text.replaceAll(ALLOWED_IN_LINES, '')), 'Use only visible characters.'),
    );
}

/** Removes what `oneLine` rejects, for text from other systems or from before validation existed. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(EVERY_INVISIBLE, '').trim();
}
