import type { z } from 'zod';
import { AppError } from './errors.ts';

/** Which field, and what is wrong with it: the `detail` of an `invalid_input` error. */
export type FieldErrors = Record<string, string>;

/** @throws AppError `invalid_input`; its message is the first problem, its detail `{ fieldErrors }`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fieldErrors: FieldErrors = {};
  for (const issue of result.error.issues) fieldErrors[issue.path.join('.')] ??= issue.message;
  throw new AppError('invalid_input', result.error.issues[0]?.message ?? 'That is not valid.', {
    detail: { fieldErrors },
  });
}

/** One value that stands in a form or body under `name`. @throws AppError `invalid_input`, as parseInput */
export function parseField<Schema extends z.ZodType>(name: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidField(name, result.error.issues[0]?.message ?? 'That is not valid.');
}

/** For what a schema can't say. */
export function invalidField(name: string, message: string): AppError {
  return new AppError('invalid_input', message, { detail: { fieldErrors: { [name]: message } } });
}
