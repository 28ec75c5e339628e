import { toStorableText } from '#lib/platform/storable-text.ts';
import { AppError } from '#lib/platform/errors.ts';

const MAX_DEPTH = 32;

/**
 * Refuses what no row can hold, anywhere in an input: NUL, and half of a surrogate pair.
 * @throws AppError `invalid_input`
 */
export function requireStorable<Value>(value: Value): Value {
  if (!isStorable(value, 0)) {
    throw new AppError('invalid_input', 'The request has characters that cannot be stored, or is nested too deeply.');
  }
  return value;
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return toStorableText(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  return Object.entries(value).every(([key, item]) => isStorable(key, depth) && isStorable(item, depth + 1));
}
