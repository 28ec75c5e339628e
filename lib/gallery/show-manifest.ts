import type pg from 'pg';
import type { ImageConfig } from '#lib/oci/image-config.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import { isSchema1Type } from '#lib/oci/media-types.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import { isSmall, MAX_BYTES_ON_LOOP, readDocument } from '#lib/images/read-document.ts';
import { readManifestPayload } from './manifest-queries.sql.ts';

/** Length of the text of a document that is too large to show whole. */
const MAX_TEXT_BYTES = 20_000;

export type ShownManifest = {
  /** The manifest as pushed. A large one is cut. */
  text: string;
  /** Each list is cut to the first 250 entries. Null when this version can't parse it. */
  manifest: Manifest | null;
  /** What a schema 1 manifest says in place of a config. */
  embeddedConfig: ImageConfig | null;
};

export type ShowManifestApp = { pool: pg.Pool; offload: Offload; largeManifests: RecentResults<ShownManifest> };

export type StoredManifestRow = { repositoryId: bigint; digest: string; mediaType: string; sizeBytes: number };

/**
 * Parses a stored manifest for display. Large ones are cached by digest, because reading 4 MB from the database blocks
 * the event loop. `row` must come from the repository that the caller may read.
 * @throws AppError `manifest_not_found`, or as readDocument
 */
export async function showManifest(app: ShowManifestApp, row: StoredManifestRow): Promise<ShownManifest> {
  if (row.sizeBytes <= MAX_BYTES_ON_LOOP) return parseStored(app, row);
  return app.largeManifests.get(`${row.mediaType} ${row.digest}`, () => parseStored(app, row));
}

async function parseStored(app: ShowManifestApp, row: StoredManifestRow): Promise<ShownManifest> {
  const { repositoryId, mediaType } = row;
  const bytes = await readManifestPayload(app, row);
  if (!bytes) throw new AppError('manifest_not_found', "The repository doesn't have this manifest.");
  const document = { bytes, type: mediaType, key: `repository ${repositoryId}` };
  const manifest = await readDocument(app, 'shown', document);
  const embeddedConfig = isSchema1Type(mediaType) ? await readDocument(app, 'schema1Config', document) : null;
  const text = bytes.toString('utf8', 0, isSmall(bytes) ? bytes.length : MAX_TEXT_BYTES);
  return { text, manifest, embeddedConfig };
}
