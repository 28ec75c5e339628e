import type { z } from 'zod';
import { isAppError } from '#lib/platform/errors.ts';
import { hasMoreValues } from '#lib/oci/json-limits.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';
import { awsError, invalidParameter } from './aws-error.ts';
import { WRONG_TYPE } from './values.ts';

/** Many times what any operation accepts. */
const MAX_VALUES = 20_000;

/**
 * Parses a JSON body and checks it against the operation's shape. Unknown members are ignored, and null is absent, as
 * AWS does.
 * @throws AppError `SerializationException` or `InvalidParameterException`
 */
export function parseAwsInput(shape: z.ZodType, body: Buffer): unknown {
  return checkAwsInput(shape, parseJson(body));
}

/** @throws AppError `SerializationException` or `InvalidParameterException`, for the first member that is wrong */
export function checkAwsInput(shape: z.ZodType, parsed: unknown): unknown {
  const result = shape.safeParse(parsed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue && isMissing(parsed, issue.path)) throw invalidParameter(path, 'must not be null');
  const constraint = toConstraint(issue?.message ?? 'must be valid');
  if (constraint.startsWith(WRONG_TYPE)) throw awsError('SerializationException', `${path} ${constraint}.`);
  throw invalidParameter(path, constraint);
}

function isMissing(from: unknown, [name, ...rest]: readonly PropertyKey[]): boolean {
  if (name === undefined) return from === undefined;
  return typeof from === 'object' && from !== null && isMissing((from as Record<PropertyKey, unknown>)[name], rest);
}

/** Words zod's own messages as AWS does. */
function toConstraint(message: string): string {
  const [, expected] = /^Invalid input: expected (\w+)/.exec(message) ?? [];
  if (expected !== undefined) return `${WRONG_TYPE}${expected}`;
  const [, options] = /^Invalid option: expected one of (.*)/.exec(message) ?? [];
  return options === undefined ? message : `must satisfy enum value set: ${options}`;
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (hasMoreValues(body, MAX_VALUES)) {
    throw awsError('SerializationException', `The request is limited to ${MAX_VALUES} values.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'), dropNull);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw awsError('SerializationException', "The request body isn't valid JSON.");
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw awsError('SerializationException', 'The request body must be a JSON object.');
}

/** Longer text is base64, which is checked as such, or a manifest, which is stored as bytes. */
const MAX_CHECKED = 64 * 1024;

/** @throws AppError for text that can't be stored */
function dropNull(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && value.length < MAX_CHECKED && toStorableText(value) !== value) {
    throw awsError('SerializationException', "The request contains characters that can't be stored.");
  }
  return value === null ? undefined : value;
}
