import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { signId } from '#lib/following/signed-id.ts';

export type ShownFeedLink = { url: string; createdAt: Date };

/** Returns the URL of a user's private feed, or null without one. Don't show it to anyone else. */
export async function findFeedLink(
  app: { db: Db; config: Pick<ServerConfig, 'publicUrl'>; authKeys: Pick<AuthKeys, 'feed'> },
  { userId }: { userId: string },
): Promise<ShownFeedLink | null> {
  const link = await app.db.feedLink.findUnique({ where: { userId } });
  if (!link) return null;
  const token = signId(app.authKeys.feed, link.id);
  return { url: `${app.config.publicUrl}/api/following/${token}.atom`, createdAt: link.createdAt };
}
