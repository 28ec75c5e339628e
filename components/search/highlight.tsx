/** Emphasises the search terms in a text. */
export function Highlight({ text, query }: { text: string; query: string }) {
  return splitMatches(text, query).map((part, i) =>
    part.isMatch ? (
      <mark className="bg-accent-soft font-semibold text-inherit" key={i}>
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}

export type TextPart = { text: string; isMatch: boolean };

const MAX_WORDS = 10;

/** Literal words, longest first. Emphasises only exact matches, even if similarity ranked the row. */
export function splitMatches(text: string, query: string): TextPart[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word.length > 1);
  const patterns = words
    .slice(0, MAX_WORDS)
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (patterns.length === 0) return [{ text, isMatch: false }];
  return text
    .split(new RegExp(`(${patterns.join('|')})`, 'gi'))
    .map((part, i) => ({ text: part, isMatch: i % 2 === 1 }))
    .filter((part) => part.text !== '');
}
