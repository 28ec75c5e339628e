// Values of the AWS APIs, with their limits. Each message is the constraint that the value breaks.
import { z } from 'zod';
import { listOf } from '#lib/oci/json-limits.ts';

/** Limits count characters. */
export function text({ min, max, pattern }: { min?: number; max?: number; pattern?: string } = {}) {
  let schema = z.string({ error: wrongType('a string') });
  if (max !== undefined)
    schema = schema.max(max, { error: `must have length less than or equal to ${max}`, abort: true });
  if (min !== undefined) schema = schema.min(min, `must have length greater than or equal to ${min}`);
  if (pattern !== undefined) {
    schema = schema.regex(new RegExp(`^(?:${pattern})$`), `must satisfy regular expression '${pattern}'`);
  }
  return schema;
}

export function whole({ min, max }: { min?: number; max?: number } = {}) {
  let schema = z.int({ error: wrongType('a whole number') });
  if (min !== undefined) schema = schema.min(min, `must have value greater than or equal to ${min}`);
  if (max !== undefined) schema = schema.max(max, `must have value less than or equal to ${max}`);
  return schema;
}

export function members<Item extends z.ZodType>(item: Item, { min, max }: { min?: number; max?: number } = {}) {
  return listOf(item)
    .refine((values) => min === undefined || values.length >= min, `must have length greater than or equal to ${min}`)
    .refine((values) => max === undefined || values.length <= max, `must have length less than or equal to ${max}`);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Base64 on the wire. */
export function blob(maxBytes: number) {
  return z.string({ error: wrongType('base64') }).transform((encoded, context) => {
    const bytes = Buffer.from(encoded, 'base64');
    if (!BASE64.test(encoded)) context.addIssue('must be base64');
    else if (bytes.length > maxBytes) context.addIssue(`must have length less than or equal to ${maxBytes}`);
    else return bytes;
    return z.NEVER;
  });
}

/** A date, which the wire has as seconds since 1970. */
export function timestamp() {
  return z.date().transform((date) => date.getTime() / 1000);
}

/** Marks a value of another JSON type, which AWS calls a serialization error. */
export const WRONG_TYPE = 'must be ';

function wrongType(what: string) {
  return (issue: { input?: unknown }) => (issue.input === undefined ? 'must not be null' : `${WRONG_TYPE}${what}`);
}
