import type { Db } from '#lib/platform/pg/db.ts';

export type AccessTokenView = {
  id: string;
  name: string;
  hint: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  isExpired: boolean;
};

/** Lists a user's unrevoked tokens, newest first. */
export async function listAccessTokens(app: { db: Db }, { userId }: { userId: string }): Promise<AccessTokenView[]> {
  const tokens = await app.db.accessToken.findMany({
    where: { userId, revokedAt: null },
    orderBy: { createdAt: 'desc' },
    select: { id: true, name: true, hint: true, scopes: true, createdAt: true, expiresAt: true, lastUsedAt: true },
  });
  const now = new Date();
  return tokens.map((token) => ({ ...token, isExpired: token.expiresAt !== null && token.expiresAt <= now }));
}

export async function describeSignIn(
  app: { db: Db },
  { userId }: { userId: string },
): Promise<{ isPasswordSet: boolean; isEmailProven: boolean }> {
  const select = { passwordHash: true, emailProvenAt: true };
  const user = await app.db.user.findUnique({ where: { id: userId }, select });
  return { isPasswordSet: user?.passwordHash != null, isEmailProven: user?.emailProvenAt != null };
}

export type SessionView = {
  id: string;
  method: string;
  address: string | null;
  userAgent: string | null;
  createdAt: Date;
  /** Accurate to a minute. */
  lastSeenAt: Date;
};

/** Lists a user's active sessions, most recently used first. */
export async function listSessions(app: { db: Db }, { userId }: { userId: string }): Promise<SessionView[]> {
  return app.db.session.findMany({
    where: { userId, revokedAt: null },
    orderBy: { lastSeenAt: 'desc' },
    take: 200,
    select: { id: true, method: true, address: true, userAgent: true, createdAt: true, lastSeenAt: true },
  });
}
