// Names are restricted to one line of visible characters, because they appear in pages and emails.
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

/** Removes what `oneLine` rejects, for text from other systems or from before validation existed. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(EVERY_INVISIBLE, '').trim();
}
