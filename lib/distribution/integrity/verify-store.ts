// Rows against the store: is every blob that somebody links to there, with its size, and does every manifest have what it names?
import type pg from 'pg';
import { siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { isDigest } from '#lib/oci/digest.ts';

const BATCH = 500;
/** More would not be read. */
const MAX_LISTED = 100;
/** As isForeignLayer of oci/media-types.ts has it. */
const FOREIGN_TYPE = 'application/vnd.oci.image.layer.nondistributable.%';
const OLD_FOREIGN_TYPE = 'application/vnd.docker.image.rootfs.foreign.%';

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
  /** Names of blobs in manifests that their repository has no such blob for. */
  unlinked: number;
  /** The first so many. */
  problems: StoreProblem[];
};

type BlobRow = { id: string; sha256: string; size_bytes: string };

/** Reads no bytes: what is in them, scrub-blobs.ts looks at. */
export async function verifyStore(app: App): Promise<StoreVerification> {
  const result: StoreVerification = { blobs: 0, manifests: 0, missing: 0, wrongSize: 0, unlinked: 0, problems: [] };
  const note = (problem: StoreProblem) => {
    if (result.problems.length < MAX_LISTED) result.problems.push(problem);
  };
  for (let after = '0'; ;) {
    const batch = await listLinkedBlobs(app, after);
    for (const { sha256, size_bytes: sizeBytes } of batch) {
      const stored = isDigest(sha256) ? await app.blobs.stat(siteBlob(sha256)) : null;
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
  const { rows } = await app.pool.query<{ count: string }>('SELECT count(*) FROM manifests');
  result.manifests = Number(rows[0]?.count ?? 0);
  for (const gap of await listUnlinked(app)) {
    result.unlinked += 1;
    note({ problem: 'no_link', ...gap });
  }
  return result;
}

async function listLinkedBlobs({ pool }: App, after: string): Promise<BlobRow[]> {
  const { rows } = await pool.query<BlobRow>(
    `SELECT b.id, b.sha256, b.size_bytes FROM blobs b
      WHERE b.id > $1 AND EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id) ORDER BY b.id LIMIT ${BATCH}`,
    [after],
  );
  return rows;
}

type Gap = { digest: string; manifest: string; repository: string };

/** Not of mirrors: their blobs come when they are asked for. Nor of layers that may not be distributed, or what an index lists. */
async function listUnlinked({ pool }: App): Promise<Gap[]> {
  const { rows } = await pool.query<Gap>(
    `SELECT e.digest, m.digest AS manifest, coalesce(a.name || '/', '') || r.name AS repository
       FROM manifest_blobs e
       JOIN manifests m ON m.id = e.manifest_id
       JOIN repositories r ON r.id = e.repository_id AND r.upstream_id IS NULL
       JOIN registries g ON g.id = r.registry_id
       LEFT JOIN aliases a ON a.id = g.primary_alias_id
      WHERE NOT EXISTS (SELECT FROM repository_blobs l WHERE l.repository_id = e.repository_id AND l.digest = e.digest)
        AND e.kind <> 'child' AND e.media_type NOT LIKE '${FOREIGN_TYPE}' AND e.media_type NOT LIKE '${OLD_FOREIGN_TYPE}'
      ORDER BY e.manifest_id, e.position`,
  );
  return rows;
}
