// Whose an access token was that is no longer good: known to the audit, and kept from the client.
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';

const causeSchema = z.object({ userId: z.uuid(), accessTokenId: z.uuid() });

export function refuseToken({ id, userId }: { id: string; userId: string }, message: string): AppError {
  return new AppError('unauthenticated', message, { cause: { userId, accessTokenId: id } });
}

const UNKNOWN = { userId: null, credential: null, accessTokenId: null };

/** Nobody, for credentials that were never good. */
export function findRefusedToken({ cause }: AppError): {
  userId: string | null;
  credential: string | null;
  accessTokenId: string | null;
} {
  const { data } = causeSchema.safeParse(cause);
  return data ? { ...data, credential: 'access_token' } : UNKNOWN;
}
