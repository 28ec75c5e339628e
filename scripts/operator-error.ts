import { errorCode, isAppError } from '#lib/platform/errors.ts';

const SYSTEM_SENTENCES: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space and try again.',
  EDQUOT: 'Your disk quota is used up: free some space and try again.',
  EROFS: 'The disk is read-only: remount it for writing, or set DATA_DIR to another one.',
};

/** One sentence for whoever started a command; null for what only a developer can read. */
export function operatorSentence(error: unknown): string | null {
  if (isAppError(error)) return error.message;
  const code = errorCode(error) ?? '';
  if (code in SYSTEM_SENTENCES) return SYSTEM_SENTENCES[code] ?? null;
  if (code === 'EACCES' || code === 'EPERM') return `This user may not do that: ${(error as Error).message}.`;
  return null;
}
