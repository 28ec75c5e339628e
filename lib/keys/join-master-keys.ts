// All processes of a site must have the same master keys. Otherwise an access key would work on one replica only.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import { saveMasterKeyMark } from './join-master-keys.sql.ts';
import { markMasterKey, type MasterKeys } from './master-keys.ts';

/**
 * Compares each version with the one that the site has used before.
 * @throws AppError `conflict` with a message for the operator
 */
export async function joinMasterKeys(app: { pool: pg.Pool }, { secrets }: MasterKeys): Promise<void> {
  for (const [version, secret] of secrets) {
    const mark = markMasterKey(secret);
    if ((await saveMasterKeyMark(app.pool, { version, mark })) === mark) continue;
    throw new AppError(
      'conflict',
      `Version ${version} of the master key differs from the one that this site has used. Set MASTER_KEY to the same ` +
        'value on every replica, or copy secrets/master from the first DATA_DIR. To rotate it, add a new version.',
    );
  }
}
