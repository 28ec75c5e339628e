import type { Db } from '#lib/platform/pg/db.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt } from '#lib/identity/sessions/count-attempt.ts';

const CHANGES_PER_HOUR = 300;

/**
 * Limits changes, because each of them is audited. Removals must call it before they look the repository up. Otherwise the
 * limit would reveal whether a private one exists.
 * @throws AppError `rate_limited`
 */
export async function limitChanges(app: { db: Db }, { principal }: UserCaller): Promise<void> {
  await countAttempt(app, {
    key: attemptKey(`stars and follows of ${principal.userId}`),
    limit: CHANGES_PER_HOUR,
    sentence: "You've changed too many stars and follows.",
  });
}
