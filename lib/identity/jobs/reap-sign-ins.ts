import type { Db } from '#lib/platform/pg/db.ts';
import { FORGOTTEN_AFTER_HOURS } from '#lib/identity/sessions/limit-sign-in.ts';

const HOUR_MS = 3_600_000;
/** The life of a session cookie, in days; a row that nobody has used for so long can be signed in to no more. */
const SESSION_DAYS = 30;

/** Removes what no sign-in can need any more: old counts of attempts, sessions that are over, links that were used or are too old. */
export async function reapSignIns(app: { db: Db }): Promise<void> {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
  await app.db.signInFailure.deleteMany({ where: { lastFailedAt: { lt: ago(FORGOTTEN_AFTER_HOURS) } } });
  await app.db.signUpCount.deleteMany({ where: { startedAt: { lt: ago(FORGOTTEN_AFTER_HOURS) } } });
  await app.db.session.deleteMany({ where: { lastSeenAt: { lt: ago((SESSION_DAYS + 1) * 24) } } });
  await app.db.signInLink.deleteMany({ where: { expiresAt: { lt: ago(24) } } });
  await app.db.emailProof.deleteMany({ where: { expiresAt: { lt: ago(24) } } });
}
