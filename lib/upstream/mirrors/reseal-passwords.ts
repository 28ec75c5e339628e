import type { Resealed, StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { passwordContext } from './load-upstream.ts';

/** @throws AppError as StoredSecrets.reseal */
export async function resealPasswords({ db, secrets }: { db: Db; secrets: StoredSecrets }): Promise<Resealed> {
  const upstreams = await db.upstream.findMany({ where: { sealedPassword: { not: null } } });
  const rows = upstreams.flatMap(({ sealedPassword, ...upstream }) =>
    sealedPassword ? [{ id: upstream.id, context: passwordContext(upstream), sealed: sealedPassword }] : [],
  );
  // Its publisher may have replaced it meanwhile.
  return secrets.reseal(rows, ({ id, sealed }, sealedPassword) =>
    db.upstream.updateMany({ where: { id, sealedPassword: sealed }, data: { sealedPassword } }),
  );
}
