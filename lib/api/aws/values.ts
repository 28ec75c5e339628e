// Values of the AWS APIs, with their limits. Each message is the constraint that the value breaks.
import { z } from 'zod';
import { listOf } from '#lib/oci/json-limits.ts';

/** What a value must be, as its schema's `meta` says. Tests compare it with the API's model. */
export type ValueFacts = {
  kind: 'text' | 'whole' | 'list' | 'blob' | 'timestamp';
  min?: number | undefined;
  max?: number | undefined;
  pattern?: string | undefined;
  /** Of a list. */
  item?: z.ZodType;
};

function facts(of: ValueFacts): Record<string, unknown> {
  return of;
}

/** Limits count characters. */
export function text({ min, max, pattern }: { min?: number; max?: number; pattern?: string } = {}) {
  let schema = z.string({ error: wrongType('a string') });
  if (max !== undefined)
    schema = schema.max(max, { error: `must have length less than or equal to ${max}`, abort: true });
  if (min !== undefined) schema = schema.min(min, `must have length greater than or equal to ${min}`);
  if (pattern !== undefined) {
    schema = schema.regex(new RegExp(`^(?:${pattern})$`), `must satisfy regular expression '${pattern}'`);
  }
  return schema.meta(facts({ kind: 'text', min, max, pattern }));
}

export function whole({ min, max }: { min?: number; max?: number } = {}) {
  let schema = z.int({ error: wrongType('a whole number') });
  if (min !== undefined) schema = schema.min(min, `must have value greater than or equal to ${min}`);
  if (max !== undefined) schema = schema.max(max, `must have value less than or equal to ${max}`);
  return schema.meta(facts({ kind: 'whole', min, max }));
}

export function members<Item extends z.ZodType>(item: Item, { min, max }: { min?: number; max?: number } = {}) {
  return listOf(item)
    .refine((values) => min === undefined || values.length >= min, `must have length greater than or equal to ${min}`)
    .refine((values) => max === undefined || values.length <= max, `must have length less than or equal to ${max}`)
    .meta(facts({ kind: 'list', min, max, item }));
}

/** Base64 on the wire. */
export function blob(maxBytes: number) {
  return z
    .string({ error: wrongType('base64') })
    .transform((encoded, context) => {
      const bytes = decodeBase64(encoded);
      if (!bytes) context.addIssue(`${WRONG_TYPE}base64`);
      else if (bytes.length > maxBytes) context.addIssue(`must have length less than or equal to ${maxBytes}`);
      else return bytes;
      return z.NEVER;
    })
    .meta(facts({ kind: 'blob', max: maxBytes }));
}

/** Null for anything else. Node skips other characters, so the length shows them. A pattern takes too long for a layer part. */
function decodeBase64(encoded: string): Buffer | null {
  const padding = encoded.endsWith('==') ? 2 : Number(encoded.endsWith('='));
  const digits = encoded.length - padding;
  const isUrlSafe = encoded.includes('-') || encoded.includes('_');
  if (isUrlSafe || digits % 4 === 1 || (padding > 0 && encoded.length % 4 !== 0)) return null;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length === Math.floor((digits * 3) / 4) ? bytes : null;
}

/** A date, which the wire has as seconds since 1970. */
export function timestamp() {
  return z
    .date()
    .transform((date) => date.getTime() / 1000)
    .meta(facts({ kind: 'timestamp' }));
}

/** Marks a value of another JSON type, which AWS calls a serialization error. */
export const WRONG_TYPE = 'must be ';

function wrongType(what: string): string {
  return `${WRONG_TYPE}${what}`;
}
