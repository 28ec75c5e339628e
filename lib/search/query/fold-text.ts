// Normalizes text of any script for search: equivalent letters become equal, and unspaced scripts get word boundaries.

/** Scripts whose accents are ignored in searches. In other scripts, marks are vowels and stay. */
const ACCENTED = /([\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}])\p{M}+/gu;

/** Letters that Unicode doesn't decompose, as people type them without their keyboard. */
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
  // Greek final sigma, and Arabic letters that are often interchanged.
  ς: 'σ',
  ى: 'ي',
  ة: 'ه',
  ـ: '',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

/** Names of languages that would lose their symbols. */
const SYMBOLS: [RegExp, string][] = [
  [/(?<![\p{L}\p{N}])([a-z])\+\+/gu, '$1pp'],
  [/(?<![\p{L}\p{N}])([a-z])#/gu, '$1sharp'],
  [/(?<![\p{L}\p{N}])\.net(?![\p{L}\p{N}])/gu, 'dotnet'],
];

/** Lower-cases, removes accents and maps compatibility forms. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTED, '$1')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/**
 * Chinese, Japanese and South-East Asian scripts have no spaces. In Korean, spacing varies and endings are attached.
 */
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

/** Splits into folded runs of letters and digits. A change to or from an unspaced script also separates. */
export function splitWords(text: string): string[] {
  return (nameSymbols(foldText(text)).match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD_LENGTH).toWellFormed());
}

function nameSymbols(text: string): string {
  return SYMBOLS.reduce((named, [symbol, name]) => named.replace(symbol, name), text);
}

/** Whether this is a run of an unspaced script, which may contain any number of words. */
export function isUnspaced(word: string): boolean {
  return STARTS_UNSPACED.test(word);
}

/** Returns the pairs of adjacent letters, and the last letter, of every unspaced run. */
export function gramsOf(text: string): string[] {
  const runs = foldText(text).match(UNSPACED_RUN) ?? [];
  return [...new Set(runs.flatMap((run) => pairsOf(run, true)))];
}

/** Returns the pairs that a text with this run contains. A single letter may begin a pair or be the last letter. */
export function gramsOfQuery(run: string): string[] {
  return [...new Set(pairsOf(run, false))].slice(0, MAX_QUERY_PAIRS);
}

function pairsOf(run: string, withLast: boolean): string[] {
  const letters = Array.from(run);
  const pairs = letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
  const last = letters.at(-1);
  return last !== undefined && (withLast || pairs.length === 0) ? [...pairs, last] : pairs;
}

/** Words that an ASCII parser may split, for example at vowel signs. */
export function wordsBeyondAscii(text: string): string[] {
  return splitWords(text).filter((word) => /[^ -~]/.test(word) && !isUnspaced(word));
}

/**
 * Returns the words between spaces, without unspaced runs. PostgreSQL's parser would take `Node.js` for a host and
 * `SSL/TLS` for a file.
 */
export function spacedText(text: string): string {
  return splitWords(text)
    .filter((word) => !isUnspaced(word))
    .join(' ');
}
