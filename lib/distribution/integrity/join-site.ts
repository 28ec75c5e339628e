// A database and its blob store carry the same site id. Without that check, garbage collection with a wrong database
// would delete every blob. A scrub of a wrong store would mark every blob missing.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { AppError } from '#lib/platform/errors.ts';
import { insertSiteId, readSiteId, sampleBlobs } from './join-site.sql.ts';

const SAMPLE = 100;
const MIN_MATCHING_SHARE = 0.9;

type App = { pool: pg.Pool; blobs: BlobStore; volume: Volume };

/**
 * Checks that the blob store belongs to this database, and marks both on the first start. An older site without an id
 * gets one if a sample of its rows matches the store. `isConfirmed`: an operator vouches that they belong together.
 * @throws AppError `conflict` with a message for the operator
 */
export async function joinSite(app: App, { isConfirmed = false }: { isConfirmed?: boolean } = {}): Promise<void> {
  // Read in this order, because a first start marks the store before the database.
  const known = await readSiteId(app.pool);
  const stored = await app.volume.readSiteId();
  if (known !== null && known === stored) return app.volume.joinSite(known);
  const problem = isConfirmed ? null : await findMismatch(app, { known, stored });
  if (problem !== null) throw new AppError('conflict', `${problem} ${ADVICE}`);
  // Mark the store first. After a crash in between, the next start adopts that id.
  const wanted = known ?? stored ?? randomUUID();
  await app.volume.joinSite(wanted, { isForced: isConfirmed });
  const id = await insertSiteId(app.pool, (await app.volume.readSiteId()) ?? wanted);
  // Another replica with its own store started first.
  if (id !== (await app.volume.readSiteId())) throw new AppError('conflict', `${belongElsewhere(app)} ${ADVICE}`);
  await app.volume.joinSite(id);
}

const ADVICE =
  'Check DATABASE_URL and DATA_DIR or S3_BUCKET, and that the disk is mounted. If they do belong together, run "npm run vitrine -- store adopt".';

function belongElsewhere({ volume }: Pick<App, 'volume'>): string {
  return capitalize(`${volume.name} and the database belong to different sites.`);
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

type Ids = { known: string | null; stored: string | null };

async function findMismatch(app: App, { known, stored }: Ids): Promise<string | null> {
  const store = app.volume.name;
  if (known !== null && stored !== null) return belongElsewhere(app);
  const [sample, hasBlobs] = await Promise.all([compareSample(app), app.volume.hasBlobs()]);
  if (sample.rows > 0) {
    if (sample.matching >= sample.rows * MIN_MATCHING_SHARE) return null;
    return capitalize(
      `${store} lacks ${sample.rows - sample.matching} of ${sample.rows} blobs that the database lists.`,
    );
  }
  if (hasBlobs) return capitalize(`${store} holds blobs that the database doesn't know.`);
  // An empty store is fine, unless this database already has one.
  return known === null ? null : `The database belongs to a site, but ${store} is empty.`;
}

async function compareSample({ pool, blobs }: App): Promise<{ rows: number; matching: number }> {
  const rows = await sampleBlobs(pool, SAMPLE);
  let matching = 0;
  for (const { sha256, sizeBytes } of rows) {
    const key = parseAddress(sha256);
    const stored = key && (await blobs.stat(key));
    if (stored?.sizeBytes === Number(sizeBytes)) matching += 1;
  }
  return { rows: rows.length, matching };
}
