import { isAppError } from '#lib/platform/errors.ts';

export type FindingState = 'ok' | 'warn' | 'fail';

export type Finding = {
  check: string;
  state: FindingState;
  /** What was found, as a sentence. */
  message: string;
  /** What to do about it. */
  next?: string;
};

export const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message });
export const warn = (check: string, message: string, next: string): Finding => ({
  check,
  state: 'warn',
  message,
  next,
});
export const fail = (check: string, message: string, next: string): Finding => ({
  check,
  state: 'fail',
  message,
  next,
});

/** The sentence of an error, for a finding. */
export function sentenceOf(error: unknown): string {
  if (isAppError(error)) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
