import type { z } from 'zod';
import { AppError } from './errors.ts';

/** Error messages by field name, in the `detail` of an `invalid_input` error. */
export type FieldErrors = Record<string, string>;

/** @throws AppError `invalid_input` with the first problem as message and `{ fieldErrors }` as detail */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fieldErrors: FieldErrors = {};
  for (const issue of result.error.issues) fieldErrors[issue.path.join('.')] ??= issue.message;
  throw new AppError('invalid_input', result.error.issues[0]?.message ?? 'Invalid value.', {
    detail: { fieldErrors },
  });
}

/** Parses a single field. @throws AppError `invalid_input` like parseInput */
export function parseField<Schema extends z.ZodType>(name: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidField(name, result.error.issues[0]?.message ?? 'Invalid value.');
}

/** Creates the error for an invalid field, for checks that a schema can't express. */
export function invalidField(name: string, message: string): AppError {
  return new AppError('invalid_input', message, { detail: { fieldErrors: { [name]: message } } });
}
