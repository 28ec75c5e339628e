/** Cuts a text to a length without splitting a surrogate pair, and marks the cut with an ellipsis. */
export function shortenText(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
