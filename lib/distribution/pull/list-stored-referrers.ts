import type pg from 'pg';
import { readDocument } from '#lib/images/read-document.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import { digestAlgorithm, digestHex, type Digest } from '#lib/oci/digest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { readStoredManifest } from './read-stored-manifest.ts';
import { listReferrerDigests, listReferrerRows, type ReferrerRow } from './list-stored-referrers.sql.ts';

/** `maxBytes` limits annotations. Clients accept responses up to 4 MiB, and 1 MB takes 10 ms to parse and serialize. */
const PAGE: ReferrerLimits = { maxBytes: 1024 * 1024, maxRows: 1000 };

export type ReferrerLimits = { maxBytes: number; maxRows: number };
export type Referrer = Pick<Descriptor, 'mediaType' | 'digest' | 'size' | 'artifactType' | 'annotations'>;
export type ReferrerPage = { referrers: Referrer[]; hasMore: boolean };

export type ListReferrersInput = {
  repositoryId: bigint;
  subject: Digest;
  artifactType: string | null;
  /** The last digest of the previous page. */
  last: string | null;
};

type App = { pool: pg.Pool; offload: Offload };

/** Lists the manifests whose `subject` is a digest, even if no manifest has that digest. */
export async function listStoredReferrers(
  app: App,
  input: ListReferrersInput,
  { maxBytes, maxRows }: ReferrerLimits = PAGE,
): Promise<ReferrerPage> {
  const { repositoryId, subject, artifactType, last } = input;
  const rows = await listReferrerRows(app.pool, {
    repositoryId,
    subject,
    artifactTypes: artifactType === null ? null : [artifactType],
    isArchived: null,
    after: last ?? '',
    maxBytes,
    maxRows,
  });
  const referrers = rows.map(toReferrer);
  const hasMore = Number(rows[0]?.total ?? 0) > rows.length;
  if (last !== null) return { referrers, hasMore };
  return { referrers: [...(await listTagged(app, input)), ...referrers], hasMore };
}

function toReferrer(row: ReferrerRow): Referrer {
  return {
    mediaType: row.media_type,
    digest: row.digest,
    size: row.size_bytes,
    ...(row.artifact_type && { artifactType: row.artifact_type }),
    ...(Object.keys(row.annotations).length > 0 && { annotations: row.annotations }),
  };
}

/** Lists the entries of the referrers tag, which older clients write. Omits those with a `subject`. */
async function listTagged(app: App, input: ListReferrersInput): Promise<Referrer[]> {
  const { repositoryId, subject, artifactType } = input;
  const tag = `${digestAlgorithm(subject)}-${digestHex(subject)}`.slice(0, 128);
  const tagged = await pullIndex(app, repositoryId, tag);
  if (tagged.length === 0) return [];
  const known = new Set(await listReferrerDigests(app.pool, { repositoryId, subject }));
  return tagged
    .filter((child) => !known.has(child.digest) && (artifactType === null || child.artifactType === artifactType))
    .map(({ mediaType, digest, size, artifactType: type, annotations }) => {
      return { mediaType, digest, size, ...(type && { artifactType: type }), ...(annotations && { annotations }) };
    });
}

async function pullIndex(app: App, repositoryId: bigint, tag: string): Promise<Descriptor[]> {
  try {
    const { payload, mediaType } = await readStoredManifest(app, { repositoryId, reference: { kind: 'tag', tag } });
    const document = { bytes: payload, type: mediaType, key: `repository ${repositoryId}` };
    return (await readDocument(app, 'shown', document))?.children ?? [];
  } catch (error) {
    if (isAppError(error) && error.code === 'manifest_not_found') return [];
    throw error;
  }
}
