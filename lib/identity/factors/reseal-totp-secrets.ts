import type { Resealed, StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { totpContext } from './set-up-totp.ts';

/** @throws AppError as StoredSecrets.reseal */
export async function resealTotpSecrets({ db, secrets }: { db: Db; secrets: StoredSecrets }): Promise<Resealed> {
  const factors = await db.totpFactor.findMany({ select: { userId: true, sealedSecret: true } });
  const rows = factors.map(({ userId, sealedSecret }) => ({
    userId,
    context: totpContext(userId),
    sealed: sealedSecret,
  }));
  // Its owner may have replaced it meanwhile.
  return secrets.reseal(rows, ({ userId, sealed }, sealedSecret) =>
    db.totpFactor.updateMany({ where: { userId, sealedSecret: sealed }, data: { sealedSecret } }),
  );
}
