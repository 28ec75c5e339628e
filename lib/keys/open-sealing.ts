import type pg from 'pg';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { isOutage } from './services/key-service.ts';
import type { KeyServices } from './services/open-key-services.ts';
import { SealingKeyRing } from './sealing-key-ring.ts';
import { hasBlobs, insertSealingKey, listSealingKeys, type SealingKeyRow } from './sealing-keys.sql.ts';
import { createSealingKey } from './wrap-sealing-key.ts';

type App = { pool: pg.Pool; keyServices: KeyServices; log: Log };

/**
 * Opens the keys of sealed storage and of secrets. Creates the first one for blobs if `isWanted`, or if that is null and the site has no
 * blobs. Creates the one for secrets if the site is new: in others, processes of the previous version couldn't read them. Goes on without a
 * key service that doesn't answer, or that has revoked a key in use: then what is sealed can't be read, and pushes fail.
 * @throws AppError `unavailable`, `key_refused` with a message for the operator when the settings can't be right
 */
export async function openSealing(
  app: App,
  { isWanted, cacheSeconds = 0 }: { isWanted: boolean | null; cacheSeconds?: number },
): Promise<SealingKeyRing> {
  const rows = await listSealingKeys(app.pool, 'site');
  const isNew = rows.length === 0 && !(await hasBlobs(app.pool));
  const isSealing = isWanted ?? (rows.length > 0 || isNew);
  const ring = new SealingKeyRing(app, { isSealing, cacheSeconds });
  if (isSealing) await warnOfOutage(app, () => requireService(app, rows));
  if (isNew) await warnOfOutage(app, () => ring.createSecretsKey());
  for (const row of [...rows, ...(await listSealingKeys(app.pool, 'secrets'))])
    await warnOfOutage(app, () => ring.load(row));
  return ring;
}

/** A service that wraps no key yet was set up just now. Its errors stop the start. */
async function requireService({ pool, keyServices }: App, rows: SealingKeyRow[]): Promise<void> {
  const { current } = keyServices;
  try {
    await current.check();
    if (rows.length === 0) await insertSealingKey(pool, await createSealingKey(current, 'site'));
  } catch (error) {
    const isInUse = rows.some(({ wrappedBy }) => keyServices.serves(wrappedBy));
    if (isOutage(error) || !isAppError(error) || isInUse) throw error;
    throw new AppError('invalid_input', error.message, { cause: error });
  }
}

async function warnOfOutage({ log }: App, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isOutage(error) && !(isAppError(error) && error.code === 'key_refused')) throw error;
    log.error(
      { err: error },
      'sealed blobs and secrets may be unreadable, and pushes may fail, until the key service is available',
    );
  }
}
