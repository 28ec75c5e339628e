/** Postgres has no NUL in text, and no half of a surrogate pair in JSON: clients may send both. */
export function toStorableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
