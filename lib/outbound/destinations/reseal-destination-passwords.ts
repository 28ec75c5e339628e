import type { Resealed, StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { destinationContext } from './destination-context.ts';

/** @throws AppError as StoredSecrets.reseal */
export async function resealDestinationPasswords({
  db,
  secrets,
}: {
  db: Db;
  secrets: StoredSecrets;
}): Promise<Resealed> {
  const destinations = await db.replicationDestination.findMany({ where: { sealedPassword: { not: null } } });
  const rows = destinations.flatMap(({ sealedPassword, ...destination }) =>
    sealedPassword ? [{ id: destination.id, context: destinationContext(destination), sealed: sealedPassword }] : [],
  );
  // Its publisher may have replaced it meanwhile.
  return secrets.reseal(rows, ({ id, sealed }, sealedPassword) =>
    db.replicationDestination.updateMany({ where: { id, sealedPassword: sealed }, data: { sealedPassword } }),
  );
}
