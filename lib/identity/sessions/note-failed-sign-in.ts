import type { AttemptLog } from '#lib/events/attempt-log.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { emailSchema, type SignInMethod } from '#lib/identity/schema.ts';

export type NotingApp = { attemptLog: Pick<AttemptLog, 'note'> };

type SignIn = {
  method: SignInMethod;
  /** As it was typed or claimed; only what is an e-mail address is kept: people type passwords into the wrong field. */
  email: unknown;
  address: string | null;
  userAgent?: string | null;
};

/** Notes a sign-in that `work` refuses. A successful one has its row once its session starts. */
export async function noteFailedSignIn<Result>(
  app: NotingApp,
  { method, email, address, userAgent = null }: SignIn,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) && error.code !== 'unavailable') {
      const target = emailSchema.safeParse(email).data ?? '';
      const reason = `${method}: ${error.code}`;
      app.attemptLog.note({ action: 'sign-in.fail', target, reason, userId: null, address, userAgent });
    }
    throw error;
  }
}
