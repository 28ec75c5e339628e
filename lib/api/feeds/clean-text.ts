// Cleans publishers' text for other document formats.

// Control, format (including bidi), private-use and surrogate characters. XML can't represent some of them, and readers
// of feeds or badges need none.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFE\uFFFF]+/gu;

/** Returns one line of at most `maxLength` characters, in bounded time. */
export function cleanText(text: string, maxLength: number): string {
  const line = text
    .slice(0, maxLength * 4)
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Escapes text and attribute values. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Serializes JSON for a <script> element: it can't close the element or open another, and is valid JavaScript. */
export function scriptSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
