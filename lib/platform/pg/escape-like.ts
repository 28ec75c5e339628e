/** Prisma hands `%` and `_` on to LIKE as they are. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
