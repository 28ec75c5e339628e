import { toStorableText } from '#lib/platform/storable-text.ts';
import { AppError } from '#lib/platform/errors.ts';

const MAX_DEPTH = 32;

/**
 * Rejects text that PostgreSQL can't store: NUL and lone surrogates anywhere in the input.
 * @throws AppError `invalid_input`
 */
export function requireStorable<Value>(value: Value): Value {
  if (!isStorable(value, 0)) {
    throw new AppError(
      'invalid_input',
      "The request contains characters that can't be stored or is nested too deeply.",
    );
  }
  return value;
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return toStorableText(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  return Object.entries(value).every(([key, item]) => isStorable(key, depth) && isStorable(item, depth + 1));
}
