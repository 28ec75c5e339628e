import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import type { S3Config } from '#lib/blobs/s3/s3-config.ts';
import type { Config } from '#lib/config.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { fail, ok, sentenceOf, warn, type Finding } from './finding.ts';

const CHECK = 'storage';
const LOW_SHARE = 0.1;
const DISK = 'Free space on the disk of DATA_DIR, or remount it for writing.';
const BUCKET = 'Check S3_ENDPOINT, S3_BUCKET, the credentials and their rights (docs/s3.md).';

/** @param siteId of the database; null if unknown */
export async function checkStorage(config: Config, siteId: string | null): Promise<Finding[]> {
  if (config.s3) return checkBucket(config, config.s3, siteId);
  if (!existsSync(join(config.dataDir, 'blobs'))) {
    const next = 'Run `npm start`, or set DATA_DIR to the folder that has the blobs.';
    return [warn(CHECK, `${config.dataDir} (DATA_DIR) has no blobs yet.`, next)];
  }
  try {
    const { volume } = await openDisk(config.dataDir, { reserveBytes: config.diskReserveBytes });
    const findings = [judgeSite(await volume.readSiteId(), siteId), judgeWrites(await volume.findWriteProblem())];
    const space = volume.readSpace();
    volume.close();
    return [...findings, ...(space ? [judgeSpace(space)] : [])];
  } catch (error) {
    return [fail(CHECK, sentenceOf(error), 'Mount the disk of DATA_DIR, and make it writable for this user.')];
  }
}

async function checkBucket(config: Config, s3: S3Config, siteId: string | null): Promise<Finding[]> {
  const { dataDir, diskReserveBytes: reserveBytes } = config;
  const { openS3Volume } = await import('#lib/blobs/s3/open-s3.ts');
  const volume = openS3Volume(s3, { dataDir, reserveBytes });
  try {
    const findings = [
      judgeSite(await volume.readSiteId(), siteId),
      judgeWrites(await volume.findWriteProblem(), BUCKET),
    ];
    const space = volume.readSpace();
    return [...findings, ...(space ? [judgeSpace(space)] : [])];
  } catch (error) {
    return [fail(CHECK, sentenceOf(error), BUCKET)];
  } finally {
    volume.close();
  }
}

function judgeSite(stored: string | null, expected: string | null): Finding {
  if (expected === null || stored === null) return ok(CHECK, 'The blobs are readable.');
  if (stored === expected) return ok(CHECK, 'The blobs belong to this database.');
  const next = 'Mount the right disk, or correct DATABASE_URL. After a restore, run `verify`, then `store adopt`.';
  return fail(CHECK, 'The blobs and the database belong to different sites.', next);
}

function judgeWrites(problem: string | null, next = DISK): Finding {
  if (problem === null) return ok('pushes', 'Blobs can be written.');
  return fail('pushes', problem, next);
}

function judgeSpace({
  freeBytes,
  totalBytes,
  reserveBytes,
}: {
  freeBytes: number;
  totalBytes: number;
  reserveBytes: number;
}): Finding {
  const message = `${formatByteSize(freeBytes)} of ${formatByteSize(totalBytes)} are free. ${formatByteSize(reserveBytes)} are reserved.`;
  if (freeBytes - reserveBytes > LOW_SHARE * totalBytes) return ok('disk', message);
  return warn('disk', message, 'Enlarge the disk, or delete images. Below the reserve, pushes are refused.');
}
