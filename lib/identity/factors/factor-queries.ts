import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';

export type PasskeyView = { id: string; name: string; isSynced: boolean; createdAt: Date; lastUsedAt: Date | null };

export type FactorsView = {
  passkeys: PasskeyView[];
  /** When the authenticator app was set up; null if there is none. */
  totpSince: Date | null;
  recoveryCodesLeft: number;
};

/** Reads a user's second factors. Callers authorize. */
export async function readFactors(app: { db: Db }, { userId }: { userId: string }): Promise<FactorsView> {
  const [passkeys, totp, recoveryCodesLeft] = await Promise.all([
    app.db.passkey.findMany({
      where: { userId },
      orderBy: { createdAt: 'asc' },
      select: { id: true, name: true, isSynced: true, createdAt: true, lastUsedAt: true },
    }),
    app.db.totpFactor.findFirst({ where: { userId, confirmedAt: { not: null } }, select: { confirmedAt: true } }),
    app.db.recoveryCode.count({ where: { userId, usedAt: null } }),
  ]);
  return { passkeys, totpSince: totp?.confirmedAt ?? null, recoveryCodesLeft };
}

/** Returns the kinds of second factors that a user can sign in with. */
export async function findFactorKinds(db: DbOrTx, userId: string): Promise<('totp' | 'passkey')[]> {
  const hasTotp = (await db.totpFactor.count({ where: { userId, confirmedAt: { not: null } } })) > 0;
  const hasPasskey = (await db.passkey.count({ where: { userId } })) > 0;
  return [...(hasTotp ? (['totp'] as const) : []), ...(hasPasskey ? (['passkey'] as const) : [])];
}

export async function hasFactor(db: DbOrTx, userId: string): Promise<boolean> {
  return (await findFactorKinds(db, userId)).length > 0;
}
