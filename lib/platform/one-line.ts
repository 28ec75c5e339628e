// Every name that a person types is one line of visible characters: it is shown beside other people's words, and put into mails.
import { z } from 'zod';

/** Controls, line ends, direction changes, zero-width characters, halves of surrogate pairs, and letters that are drawn as nothing. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{2800}\u{3164}\u{ffa0}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');

/** A trimmed line without anything invisible in it. Empty passes: add `.min(1, …)`. */
export function oneLine(maxLength: number, tooLong = `At most ${maxLength} characters.`) {
  return z
    .string()
    .trim()
    .max(maxLength, tooLong)
    .refine((text) => !INVISIBLE.test(text), 'Use visible characters on one line only.');
}

/** For what comes from elsewhere or was stored before: takes away what `oneLine` refuses. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(EVERY_INVISIBLE, '').trim();
}
