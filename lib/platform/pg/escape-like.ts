/** Escapes LIKE wildcards, which Prisma doesn't. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
