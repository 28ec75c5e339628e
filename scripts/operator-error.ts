import { errorCode, isAppError } from '#lib/platform/errors.ts';

const SYSTEM_SENTENCES: Record<string, string> = {
  ENOSPC: 'The disk is full. Free some space and try again.',
  EDQUOT: 'The disk quota is exhausted. Free some space and try again.',
  EROFS: 'The disk is read-only. Remount it for writing or set DATA_DIR to another disk.',
};

/** Returns a message for the operator, or null for an error that only a developer can use. */
export function operatorSentence(error: unknown): string | null {
  if (isAppError(error)) return error.message;
  const code = errorCode(error) ?? '';
  if (code in SYSTEM_SENTENCES) return SYSTEM_SENTENCES[code] ?? null;
  if (code === 'EACCES' || code === 'EPERM') return `Permission denied: ${(error as Error).message}.`;
  return null;
}
