// Text as search compares it, whatever script it is in: the same letters however they are written, and words where a script has no
// spaces between them.

/** Scripts in which an accent is the same letter for somebody who searches. Elsewhere marks are vowels: they stay. */
const ACCENTED = /([\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}])\p{M}+/gu;

/** Letters that no decomposition takes apart, as people type them without their keyboard. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ŋ: 'n',
  // The last letter of a Greek word, and the Arabic letters that are often written for each other.
  ς: 'σ',
  ى: 'ي',
  ة: 'ه',
  ـ: '',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

/** Lower case, without accents, compatibility forms as the usual ones. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTED, '$1')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/** Chinese, Japanese and the scripts of South-East Asia have no spaces; in Korean what is one word varies, and endings hang on it. */
const UNSPACED_SCRIPTS = 'Hani Hira Kana Bopo Hang Thai Laoo Khmr Mymr Tibt Yiii Lana Talu Tale Java Bali Cham'
  .split(' ')
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const UNSPACED = `(?=[\\p{L}\\p{N}\\p{M}])[${UNSPACED_SCRIPTS}]`;
const WORD = new RegExp(`(?:${UNSPACED})+|(?:(?!${UNSPACED})[\\p{L}\\p{N}\\p{M}])+`, 'gu');
const UNSPACED_RUN = new RegExp(`(?:${UNSPACED})+`, 'gu');
const STARTS_UNSPACED = new RegExp(`^${UNSPACED}`, 'u');

const MAX_WORD_LENGTH = 64;
const MAX_QUERY_PAIRS = 40;

/** Letters and digits of any script, folded; everything else separates, and so does a change to or from an unspaced script. */
export function splitWords(text: string): string[] {
  return (foldText(text).match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD_LENGTH).toWellFormed());
}

/** Is it a run of a script without spaces: any number of words? */
export function isUnspaced(word: string): boolean {
  return STARTS_UNSPACED.test(word);
}

/** Of every run of an unspaced script in a text its pairs of neighbouring letters, and the last letter. */
export function gramsOf(text: string): string[] {
  const runs = foldText(text).match(UNSPACED_RUN) ?? [];
  return [...new Set(runs.flatMap((run) => pairsOf(run, true)))];
}

/** The pairs that a text with this run has. A single letter is the beginning of a pair, or the last one. */
export function gramsOfQuery(run: string): string[] {
  return [...new Set(pairsOf(run, false))].slice(0, MAX_QUERY_PAIRS);
}

function pairsOf(run: string, withLast: boolean): string[] {
  const letters = Array.from(run);
  const pairs = letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
  const last = letters.at(-1);
  return last !== undefined && (withLast || pairs.length === 0) ? [...pairs, last] : pairs;
}

/** Words that a parser for ASCII text may take apart: at vowel signs, for one. */
export function wordsBeyondAscii(text: string): string[] {
  return splitWords(text).filter((word) => /[^ -~]/.test(word) && !isUnspaced(word));
}

/** The text without its unspaced runs, for a dictionary that goes by spaces. */
export function spacedText(text: string): string {
  return foldText(text).replace(UNSPACED_RUN, ' ');
}
