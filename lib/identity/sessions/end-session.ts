import type { RequestContext } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** Signs out by revoking the session, which also invalidates copies of the cookie. Ignores unknown and ended sessions. */
export async function endSession(
  app: { db: Db },
  { sessionId, context }: { sessionId: string; context: RequestContext },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const [session] = await tx.session.updateManyAndReturn({
      where: { id: sessionId, revokedAt: null },
      data: { revokedAt: new Date() },
      include: { user: { select: { email: true } } },
    });
    if (!session) return;
    const { email } = session.user;
    const caller = { principal: { kind: 'user', userId: session.userId, email } as const, context };
    await recordChange(tx, { caller, type: 'session.end', resource: { name: email } });
  });
}
