import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { destinationContext } from '#lib/outbound/destinations/destination-context.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';

export type LoadedDestination = { address: UpstreamAddress; namespace: string; maxBytesPerSecond: number | null };

/** @throws AppError `not_found`, or as StoredSecrets.open */
export async function loadDestination(
  app: { db: Db; secrets: StoredSecrets },
  destinationId: bigint,
): Promise<LoadedDestination> {
  const row = await app.db.replicationDestination.findUnique({ where: { id: destinationId } });
  if (!row) throw new AppError('not_found', 'The destination has been removed.');
  const { id, host, isPlainHttp, username, sealedPassword, namespace, maxBytesPerSecond } = row;
  const password = sealedPassword && (await app.secrets.open(destinationContext(row), sealedPassword));
  const credentials = username !== null && password !== null ? { username, password } : null;
  return { address: { id, host, isPlainHttp, tokenHost: null, credentials }, namespace, maxBytesPerSecond };
}
