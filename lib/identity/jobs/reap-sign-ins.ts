import type { Db } from '#lib/platform/pg/db.ts';
import { FORGOTTEN_AFTER_HOURS } from '#lib/identity/sessions/limit-sign-in.ts';

const HOUR_MS = 3_600_000;
/** The lifetime of a session cookie. A session unused for longer can't be resumed. */
const SESSION_DAYS = 30;

/** Deletes expired attempt counters, sessions, links, and sessions of roles. */
export async function reapSignIns(app: { db: Db }): Promise<void> {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
  await app.db.signInFailure.deleteMany({ where: { lastFailedAt: { lt: ago(FORGOTTEN_AFTER_HOURS) } } });
  await app.db.signUpCount.deleteMany({ where: { startedAt: { lt: ago(FORGOTTEN_AFTER_HOURS) } } });
  await app.db.session.deleteMany({ where: { lastSeenAt: { lt: ago((SESSION_DAYS + 1) * 24) } } });
  await app.db.pendingSignIn.deleteMany({ where: { expiresAt: { lt: ago(24) } } });
  await app.db.usedChallenge.deleteMany({ where: { expiresAt: { lt: ago(0) } } });
  await app.db.accessKey.deleteMany({ where: { sessionName: { not: null }, expiresAt: { lt: ago(24) } } });
  await app.db.signInLink.deleteMany({ where: { expiresAt: { lt: ago(24) } } });
  await app.db.passwordReset.deleteMany({ where: { expiresAt: { lt: ago(24) } } });
  await app.db.emailProof.deleteMany({ where: { expiresAt: { lt: ago(24) } } });
}
