// What publishers wrote, on its way into a document of another kind.

// Control and format characters (those that turn the direction of text among them), private use, halves of a surrogate pair:
// XML has no way to write some of them, and a reader of feeds or badges has no use for any.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFE\uFFFF]+/gu;

/** One line of at most so many characters, whatever the length of what came. */
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

/** For text and for attributes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** JSON that may stand in a <script>: nothing in it ends the element or opens another, and JavaScript reads it as well. */
export function scriptSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
