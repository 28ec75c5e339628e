import type pg from 'pg';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findManifestRow } from './pull-content.sql.ts';

export type StoredManifest = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  /** The exact bytes that were pushed. */
  payload: Buffer;
  /** When the upstream last confirmed a mirrored tag. */
  checkedAt: Date | null;
  /** Whether the upstream no longer has a mirrored tag. */
  isGone: boolean;
};

/** Reads a manifest from the database in one round trip. @throws AppError `manifest_not_found`, `manifest_archived` */
export async function readStoredManifest(
  { pool }: { pool: pg.Pool },
  { repositoryId, reference }: { repositoryId: bigint; reference: Reference },
): Promise<StoredManifest> {
  const row = await findManifestRow(pool, { repositoryId, reference });
  if (!row) throw new AppError('manifest_not_found', "The repository doesn't have this manifest.");
  if (row.is_archived) {
    const message = `${formatReference(reference)} is archived. Its publisher can restore it, and pushing it again does so too.`;
    throw new AppError('manifest_archived', message, { detail: { digest: row.digest } });
  }
  return {
    digest: row.digest,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    payload: row.payload,
    checkedAt: row.checked_at ?? null,
    isGone: Boolean(row.gone_since),
  };
}
