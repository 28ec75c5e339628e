import type { Db } from '#lib/platform/db.ts';

/** Signing out: whoever kept a copy of the cookie is out as well. An id that is unknown or over is fine. */
export async function endSession(app: { db: Db }, { sessionId }: { sessionId: string }): Promise<void> {
  await app.db.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: new Date() } });
}
