// Parsing JSON blocks the event loop in proportion to the number of values, and schema validation takes far longer.
// So count the values of untrusted documents before parsing them.
import { z } from 'zod';

const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

export function hasMoreValues(json: Uint8Array, max: number): boolean {
  return json.length > max && countValues(json, max) > max;
}

/** Estimates the number of values by counting commas and opening brackets. Stops after `max`. Input needn't be valid JSON. */
export function countValues(json: Uint8Array, max: number): number {
  let count = 0;
  for (let at = 0; at < json.length && count <= max; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = findTextEnd(json, at + 1);
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) count += 1;
  }
  return count;
}

/** Finds the quote that ends a text. Searching is much faster than looking at each byte of a layer in base64. */
function findTextEnd(json: Uint8Array, start: number): number {
  for (let from = start; ;) {
    const end = json.indexOf(QUOTE, from);
    if (end < 0) return json.length;
    let before = end;
    while (before > from && json[before - 1] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
    from = end + 1;
  }
}

/** Validates an array, stopping at the first invalid item. `z.array` reports an issue for every item. */
export function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .custom<unknown[]>((value) => Array.isArray(value), 'must be an array')
    .transform((values, context): z.output<Schema>[] => {
      const items: z.output<Schema>[] = [];
      for (const [at, value] of values.entries()) {
        const { success, data, error } = schema.safeParse(value);
        if (!success) {
          const [issue] = error.issues;
          context.issues.push({
            code: 'custom',
            input: value,
            message: issue?.message,
            path: [at, ...(issue?.path ?? [])],
          });
          return z.NEVER;
        }
        items.push(data);
      }
      return items;
    });
}

/** Validates annotations and labels. `z.record` copies the map and reports an issue for every value. */
export const stringMap = z.custom<Record<string, string>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && hasStringValues(value),
  'must be an object with string values',
);

function hasStringValues(map: object): boolean {
  for (const key in map) if (typeof (map as Record<string, unknown>)[key] !== 'string') return false;
  return true;
}
