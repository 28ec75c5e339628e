// Parsing JSON blocks the event loop for as long as it has values, and a schema that judges each of them for much longer. Documents of
// strangers are counted before they are parsed.
import { z } from 'zod';

const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

export function hasMoreValues(json: Uint8Array, max: number): boolean {
  return json.length > max && countValues(json, max) > max;
}

/** By commas and opening brackets, up to the one after `max`. What isn't JSON gets some answer. */
export function countValues(json: Uint8Array, max: number): number {
  let count = 0;
  let isText = false;
  for (let at = 0; at < json.length && count <= max; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) isText = !isText;
    else if (isText && byte === BACKSLASH) at += 1;
    else if (!isText && (byte === COMMA || byte === BRACKET || byte === BRACE)) count += 1;
  }
  return count;
}

/** A list that is refused at its first wrong item. z.array describes what is wrong with every item. */
export function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .custom<unknown[]>((value) => Array.isArray(value), 'is not a list')
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

/** As annotations and labels are. z.record copies the whole, and describes what is wrong with every value. */
export const textMap = z.custom<Record<string, string>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && hasTexts(value),
  'is not an object with texts',
);

function hasTexts(map: object): boolean {
  for (const key in map) if (typeof (map as Record<string, unknown>)[key] !== 'string') return false;
  return true;
}
