import type { Db } from '#lib/platform/db.ts';

/** Neither revoked nor expired, as the rows are now. */
export async function isAccessTokenLive(app: { db: Db }, { id }: { id: string }): Promise<boolean> {
  const notExpired = [{ expiresAt: null }, { expiresAt: { gt: new Date() } }];
  const token = await app.db.accessToken.findFirst({
    where: { id, revokedAt: null, OR: notExpired },
    select: { id: true },
  });
  return token !== null;
}
