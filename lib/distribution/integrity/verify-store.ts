// Checks the database against the store. Every linked blob must exist with its size, and every manifest must have its
// blobs.
import type pg from 'pg';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { countManifests, listLinkedBlobs, listUnlinked } from './verify-store.sql.ts';

const BATCH = 500;
const MAX_LISTED = 100;

type App = { pool: pg.Pool; blobs: BlobStore };

export type StoreProblem =
  | { problem: 'missing'; digest: string }
  | { problem: 'wrong_size'; digest: string }
  | { problem: 'no_link'; digest: string; manifest: string; repository: string };

export type StoreVerification = {
  blobs: number;
  manifests: number;
  missing: number;
  wrongSize: number;
  /** References in manifests to blobs that their repository doesn't link. */
  unlinked: number;
  /** At most MAX_LISTED entries. */
  problems: StoreProblem[];
};

/** Verifies the store without reading bytes, which scrub-blobs.ts does. */
export async function verifyStore(app: App): Promise<StoreVerification> {
  const result: StoreVerification = { blobs: 0, manifests: 0, missing: 0, wrongSize: 0, unlinked: 0, problems: [] };
  const note = (problem: StoreProblem) => {
    if (result.problems.length < MAX_LISTED) result.problems.push(problem);
  };
  for (let after = '0'; ;) {
    const batch = await listLinkedBlobs(app.pool, { after, limit: BATCH });
    for (const { sha256, sizeBytes } of batch) {
      const key = parseAddress(sha256);
      const stored = key && (await app.blobs.stat(key));
      if (stored?.sizeBytes === Number(sizeBytes)) continue;
      if (stored === null) result.missing += 1;
      else result.wrongSize += 1;
      note(stored === null ? { problem: 'missing', digest: sha256 } : { problem: 'wrong_size', digest: sha256 });
    }
    result.blobs += batch.length;
    const last = batch.at(-1);
    if (!last) break;
    after = last.id;
  }
  result.manifests = await countManifests(app.pool);
  for (const gap of await listUnlinked(app.pool)) {
    result.unlinked += 1;
    note({ problem: 'no_link', ...gap });
  }
  return result;
}
