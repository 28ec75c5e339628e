// Reads fields of untrusted JSON. Values of another type count as absent.
import { toStorableText } from '#lib/platform/storable-text.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const MAX_TEXT_LENGTH = 500;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectIn(value: unknown, ...path: string[]): JsonObject | null {
  const found = valueIn(value, ...path);
  return isObject(found) ? found : null;
}

export function listIn(value: unknown, ...path: string[]): readonly unknown[] {
  const found = valueIn(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Returns one line, or an empty text. */
export function textIn(value: unknown, ...path: string[]): string {
  const found = valueIn(value, ...path);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' ? cutText(found, MAX_TEXT_LENGTH) : '';
}

export function cutText(text: string, maxLength: number): string {
  const isCut = text.length > maxLength;
  const line = toStorableText(text.slice(0, maxLength)).replace(/\s+/g, ' ').trim();
  return isCut ? `${line}…` : line;
}

export function valueIn(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const name of path) {
    if (!isObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Formats the first digest of a map such as `{"sha256": "…"}`. */
export function digestIn(value: unknown, ...path: string[]): string {
  const digests = objectIn(value, ...path);
  const [first] = digests ? Object.keys(digests) : [];
  return first === undefined ? '' : cutText(`${first}:${textIn(digests, first)}`, MAX_TEXT_LENGTH);
}
