// The words by which a document is found, in four weights: A the last component of its name, B the rest of its names, C who
// publishes it, D everything else.
import { gramsOf, isUnspaced, splitWords, wordsBeyondAscii } from '#lib/search/query/fold-text.ts';
import type { SearchDocument } from '#lib/search/schema.ts';

/** Components with more parts than this are joined as a whole only. */
const MAX_JOINED_PARTS = 5;
/** PostgreSQL knows no position beyond it; what order means there is not asked. */
const MAX_POSITION = 16_000;
const KIND_WORDS = { image: ['image'], chart: ['chart', 'helm'], artifact: ['artifact'] };
const PLATFORM_WORDS: Record<string, string[]> = {
  'x86-64': ['amd64', 'x86'],
  'ARM 64': ['arm64'],
  ARM: ['arm'],
  x86: ['386'],
};

export function leafOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Without separators: `kube-state-metrics` and `kube_state_metrics` are one. */
export function joinWords(text: string): string {
  return splitWords(text).join('');
}

/** Everything a name can be typed as: its parts, and neighbouring parts as one word. */
export function nameWords(name: string): string[] {
  const parts = splitWords(name);
  if (parts.length > MAX_JOINED_PARTS) return [...new Set([...parts, parts.join('')])];
  const joined = parts.flatMap((_, from) =>
    parts.slice(from + 1).map((_part, n) => parts.slice(from, from + n + 2).join('')),
  );
  return [...new Set([...parts, ...joined])];
}

type Traits = Pick<SearchDocument, 'kind' | 'operatingSystems' | 'architectures'>;

/** What it is and where it runs, as people write it: `helm`, `arm64`. */
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

/** The same, and what finds words inside of unspaced scripts. Names are of ASCII letters alone. */
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

/** Words of names that can be mistyped by a letter. */
export function spelledWords(document: SearchDocument): string[] {
  const { A, B, C } = documentWords(document);
  return [...A, ...B, ...C].filter((word) => !isUnspaced(word));
}

/** As PostgreSQL reads a tsvector. Words are letters and digits only (`splitWords`), so nothing in them needs escaping. */
export function toTsvector(words: DocumentWords): string {
  const lexemes = new Map<string, string>();
  for (const weight of ['A', 'B', 'C', 'D'] as const) {
    for (const word of words[weight]) {
      if (!lexemes.has(word)) lexemes.set(word, weight);
    }
  }
  return [...lexemes].map(([word, weight], at) => `'${word}':${Math.min(at + 1, MAX_POSITION)}${weight}`).join(' ');
}
