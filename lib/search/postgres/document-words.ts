// Splits a document into words of four weights: A for the last component of its name, B for the rest of the name, C for
// its publisher, D for everything else.
import { gramsOf, isUnspaced, splitWords, wordsBeyondAscii } from '#lib/search/query/fold-text.ts';
import type { SearchDocument } from '#lib/search/schema.ts';

/** Components with more parts than this are only joined as a whole. */
const MAX_JOINED_PARTS = 5;
/** PostgreSQL's tsvector limit is 16383. Order beyond it doesn't matter. */
const MAX_POSITION = 16_000;
/** Long enough for a correction, and short enough to be a word. */
const DESCRIBING = /^\p{L}{4,32}$/u;
const MAX_DESCRIBING_WORDS = 60;

const KIND_WORDS = { image: ['image'], chart: ['chart', 'helm'], artifact: ['artifact'] };
const PLATFORM_WORDS: Record<string, string[]> = { amd64: ['amd64', 'x86', 'x64'], arm64: ['arm64', 'aarch64'] };

export function leafOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Removes separators, so that `kube-state-metrics` equals `kube_state_metrics`. */
export function joinWords(text: string): string {
  return splitWords(text).join('');
}

/** Returns every way to type a name: its parts, and adjacent parts as one word. */
export function nameWords(name: string): string[] {
  const parts = splitWords(name);
  if (parts.length > MAX_JOINED_PARTS) return [...new Set([...parts, parts.join('')])];
  const joined = parts.flatMap((_, from) =>
    parts.slice(from + 1).map((_part, n) => parts.slice(from, from + n + 2).join('')),
  );
  return [...new Set([...parts, ...joined])];
}

type Traits = Pick<SearchDocument, 'kind' | 'operatingSystems' | 'architectures'>;

/** Kind and platform as people type them: `helm`, `arm64`. */
export function keywords({ kind, operatingSystems, architectures }: Traits): string[] {
  return [
    ...KIND_WORDS[kind],
    ...operatingSystems.flatMap(splitWords),
    ...architectures.flatMap((label) => PLATFORM_WORDS[label] ?? splitWords(label)),
  ];
}

export type DocumentWords = Record<'A' | 'B' | 'C' | 'D', string[]>;

export function documentWords(document: SearchDocument): DocumentWords {
  const { name, aliases, displayName, kind, operatingSystems, architectures } = document;
  return {
    A: nameWords(leafOf(name)),
    B: [...name.split('/').flatMap(nameWords), ...aliases.flatMap(nameWords)],
    C: nameWords(displayName),
    D: keywords({ kind, operatingSystems, architectures }),
  };
}

/** Adds letter pairs, which find words within unspaced scripts. Names are ASCII only. */
export function documentLexemes(document: SearchDocument): DocumentWords {
  const { A, B, C, D } = documentWords(document);
  const { displayName, description } = document;
  return {
    A,
    B,
    C: [...C, ...gramsOf(displayName)],
    D: [...D, ...gramsOf(description), ...wordsBeyondAscii(description)],
  };
}

/** Words of names that typo correction considers. */
export function spelledWords(document: SearchDocument): string[] {
  const { A, B, C } = documentWords(document);
  return [...A, ...B, ...C].filter((word) => !isUnspaced(word));
}

/** Words of a description that typo correction considers: the first ones, without short words and numbers. */
export function describingWords(description: string): string[] {
  const words = splitWords(description).filter((word) => DESCRIBING.test(word));
  return [...new Set(words)].slice(0, MAX_DESCRIBING_WORDS);
}

/** Formats a tsvector literal. Words contain only letters and digits (`splitWords`), so nothing needs escaping. */
export function toTsvector(words: DocumentWords): string {
  const lexemes = new Map<string, string>();
  for (const weight of ['A', 'B', 'C', 'D'] as const) {
    for (const word of words[weight]) {
      if (!lexemes.has(word)) lexemes.set(word, weight);
    }
  }
  return [...lexemes].map(([word, weight], at) => `'${word}':${Math.min(at + 1, MAX_POSITION)}${weight}`).join(' ');
}
