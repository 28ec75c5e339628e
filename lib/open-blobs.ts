// Composes the blob store of a site.
import type pg from 'pg';
import { TracedStore } from './blobs/counted/traced-store.ts';
import { CountedStore } from './blobs/counted/counted-store.ts';
import { openDisk, type Disk } from './blobs/disk/open-disk.ts';
import { HotStore } from './blobs/hot/hot-store.ts';
import { Intake } from './blobs/intake.ts';
import { sealStorage } from './blobs/sealed/seal-storage.ts';
import { VerifiedStore } from './blobs/verified/verified-store.ts';
import type { App } from './app.ts';
import type { Config } from './config.ts';
import type { ProcessCounts } from './counts.ts';
import { recordDamage } from './distribution/integrity/mark-damaged.ts';
import { openSealing } from './keys/open-sealing.ts';
import type { KeyServices } from './keys/services/open-key-services.ts';
import { AppError } from './platform/errors.ts';
import type { Tracing } from './platform/tracing/tracing.ts';
import type { Log } from './platform/log.ts';

type Parts = {
  pool: pg.Pool;
  log: Log;
  counts: ProcessCounts;
  tracing: Tracing | null;
  keyServices: KeyServices;
  /** That share the memory of this machine. */
  processes: number;
};

/**
 * Opens `verified(hot(sealed(counted(disk | s3))))`. The database must be migrated.
 * @throws AppError with a message for the operator
 */
export async function openBlobs(
  config: Config,
  parts: Parts,
): Promise<Pick<App, 'blobs' | 'intake' | 'volume' | 'sealingKeys'>> {
  const { pool, log, counts, tracing, keyServices, processes } = parts;
  const { store, staging, volume } = await openStore(config, pool, processes);
  const counted = new CountedStore(store, counts.storage);
  const traced = tracing ? new TracedStore(counted, tracing) : counted;
  const sealingKeys = await openSealing(
    { pool, keyServices, log },
    { isWanted: chooseSealing(config), cacheSeconds: config.kmsCacheSeconds },
  );
  const sealed = sealStorage({ store: traced, staging }, sealingKeys);
  const hot = new HotStore(sealed.store, counts.hotBlobs, processes);
  const blobs = new VerifiedStore(hot, { onDamage: (found) => recordDamage({ pool, log }, found) });
  return { blobs, intake: new Intake({ store: blobs, staging: sealed.staging, room: volume }), volume, sealingKeys };
}

/** Opens the disk or the bucket. */
export async function openStore(config: Config, pool: pg.Pool, processes = 1): Promise<Disk> {
  const { dataDir, diskReserveBytes: reserveBytes, s3 } = config;
  if (!s3) return openDisk(dataDir, { reserveBytes });
  // Loading the AWS SDK takes a moment, which sites on disk are spared.
  const { openS3 } = await import('#lib/blobs/s3/open-s3.ts');
  return openS3(s3, { pool, dataDir, reserveBytes, processes });
}

/** Null: a site without blobs seals. @throws AppError `invalid_input` */
export function chooseSealing({ isStorageSealed, s3 }: Config): boolean | null {
  if (!s3 || s3.delivery.kind === 'proxy') return isStorageSealed;
  if (!isStorageSealed) return false;
  const advice = 'Use S3_DELIVERY=proxy, or SEALED_STORAGE=0 with encryption by the S3 server.';
  throw new AppError('invalid_input', `Clients can't read sealed blobs from S3 themselves. ${advice}`);
}
