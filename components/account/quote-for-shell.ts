/** One word of a command line, whatever is in it: an e-mail address may have quotes and other signs that shells act on. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
