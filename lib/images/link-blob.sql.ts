import type pg from 'pg';
import type { StoredBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';

const INSERT_BLOB = `
  blob AS (
    INSERT INTO blobs (sha256, sha512, size_bytes, checked_at) VALUES ($3, $4, $5, now())
    ON CONFLICT (sha256) DO UPDATE
      SET sha512 = coalesce(blobs.sha512, excluded.sha512), size_bytes = excluded.size_bytes, checked_at = now(), damage = NULL
    RETURNING id
  )`;
const INSERT_LINK = `
  INSERT INTO repository_blobs (repository_id, digest, blob_id) SELECT $1::bigint, $2, id FROM blob
  ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()`;

const LINK_BLOB = `WITH ${INSERT_BLOB} ${INSERT_LINK}`;
/** Also ends the upload, so that a late request can't start it again. */
const LINK_UPLOADED_BLOB = `
  WITH ${INSERT_BLOB}, upload AS (
    DELETE FROM uploads WHERE id = $6 AND fence = $7 RETURNING id
  ), ended AS (
    INSERT INTO ended_uploads (id) SELECT id FROM upload ON CONFLICT DO NOTHING
  ) ${INSERT_LINK}`;

export type BlobLink = {
  repositoryId: bigint;
  digest: Digest;
  stored: StoredBlob;
  /** The upload that the bytes came from. It ends unless another request has taken it over. Null without an upload. */
  lease: { uploadId: string; fence: string } | null;
};

/**
 * Links a newly stored blob to a repository under the digest it was pushed by. Renews the lease of an existing link, which waits for a
 * garbage collection that has it locked.
 */
export async function linkBlob({ pool }: { pool: pg.Pool }, link: BlobLink): Promise<void> {
  const { repositoryId, digest, stored, lease } = link;
  const values = [repositoryId, digest, stored.sha256, stored.sha512, stored.sizeBytes];
  if (!lease) await pool.query({ name: 'link-blob', text: LINK_BLOB, values });
  else {
    const ofUpload = [...values, lease.uploadId, lease.fence];
    await pool.query({ name: 'link-uploaded-blob', text: LINK_UPLOADED_BLOB, values: ofUpload });
  }
}
