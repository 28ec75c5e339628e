/** Removes NUL and unpaired surrogates, which PostgreSQL can't store. */
export function toStorableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
