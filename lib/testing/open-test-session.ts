import type { SessionUser } from '#lib/identity/schema.ts';
import { startSession, type StartSessionInput } from '#lib/identity/sessions/start-session.ts';
import type { Db } from '#lib/platform/pg/db.ts';

type Options = { user: SessionUser } & Partial<Omit<StartSessionInput, 'user'>>;

/** Starts a session of a user without a second factor, and returns its id. */
export async function openTestSession(app: { db: Db }, options: Options): Promise<string> {
  const defaults = { method: 'password', address: null, userAgent: null, requestId: null } as const;
  const started = await startSession(app, { ...defaults, ...options });
  if (started.kind !== 'session') throw new Error('the user has a second factor');
  return started.sessionId;
}
