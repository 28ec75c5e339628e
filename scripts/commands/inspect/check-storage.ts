import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import type { Config } from '#lib/config.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { fail, ok, sentenceOf, warn, type Finding } from './finding.ts';

const CHECK = 'storage';
const LOW_SHARE = 0.1;

/** @param siteId of the database; null if unknown */
export async function checkStorage(config: Config, siteId: string | null): Promise<Finding[]> {
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

function judgeSite(stored: string | null, expected: string | null): Finding {
  if (expected === null || stored === null) return ok(CHECK, 'The blobs are readable.');
  if (stored === expected) return ok(CHECK, 'The blobs belong to this database.');
  const next = 'Mount the right disk, or correct DATABASE_URL. After a restore, run `verify`, then `store adopt`.';
  return fail(CHECK, 'The blobs and the database belong to different sites.', next);
}

function judgeWrites(problem: string | null): Finding {
  if (problem === null) return ok('pushes', 'Blobs can be written.');
  return fail('pushes', problem, 'Free space on the disk of DATA_DIR, or remount it for writing.');
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
