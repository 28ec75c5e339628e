/** Unescapes a part of a page's path, which Next leaves escaped. Returns what can't be unescaped as it is. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
