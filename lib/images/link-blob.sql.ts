import type { KeyScope } from '#lib/platform/key-scope.ts';
import type pg from 'pg';
import { toAddress } from '#lib/blobs/blob-address.ts';
import type { StoredBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';

const FOREIGN_KEY_VIOLATION = '23503';

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
  /** Of the repository. */
  scope: KeyScope;
  /** The upload that the bytes came from. It ends unless another request has taken it over. Null without an upload. */
  lease: { uploadId: string; fence: string } | null;
};

/**
 * Links a newly stored blob to a repository under the digest it was pushed by. Renews the lease of an existing link, which waits for a
 * garbage collection that has it locked.
 * @throws AppError `repository_not_found` if it was deleted meanwhile
 */
export async function linkBlob({ pool }: { pool: pg.Pool }, link: BlobLink): Promise<void> {
  const { repositoryId, digest, stored, scope, lease } = link;
  const sha512 = stored.sha512 && toAddress(stored.sha512, scope);
  const values = [repositoryId, digest, toAddress(stored.sha256, scope), sha512, stored.sizeBytes];
  const statement = lease
    ? { name: 'link-uploaded-blob', text: LINK_UPLOADED_BLOB, values: [...values, lease.uploadId, lease.fence] }
    : { name: 'link-blob', text: LINK_BLOB, values };
  await pool.query(statement).catch((error: unknown) => {
    if (errorCode(error) !== FOREIGN_KEY_VIOLATION) throw error;
    throw new AppError('repository_not_found', 'The repository has been deleted.', { cause: error });
  });
}
