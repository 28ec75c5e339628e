import type { AttemptLog } from '#lib/events/attempt-log.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { FactorKind } from '#lib/identity/factors/schema.ts';
import { emailSchema, type SignInMethod } from '#lib/identity/schema.ts';

export type NotingApp = { attemptLog: Pick<AttemptLog, 'note'> };

type SignIn = {
  method: SignInMethod | FactorKind;
  /** As entered or claimed. Only valid email addresses are recorded, because people enter passwords in the wrong field. */
  email: unknown;
  address: string | null;
  userAgent?: string | null;
};

/** Records a failed sign-in in the audit log. startSession records successful ones. */
export async function recordFailedSignIn<Result>(
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
