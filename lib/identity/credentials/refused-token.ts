// Identifies the owner of a rejected access token for the audit log, without telling the client.
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';

const causeSchema = z.object({ userId: z.uuid(), accessTokenId: z.uuid() });

export function refuseToken({ id, userId }: { id: string; userId: string }, message: string): AppError {
  return new AppError('unauthenticated', message, { cause: { userId, accessTokenId: id } });
}

const UNKNOWN = { userId: null, credential: null, accessTokenId: null };

/** Returns nulls for credentials that were never valid. */
export function findRefusedToken({ cause }: AppError): {
  userId: string | null;
  credential: string | null;
  accessTokenId: string | null;
} {
  const { data } = causeSchema.safeParse(cause);
  return data ? { ...data, credential: 'access_token' } : UNKNOWN;
}
