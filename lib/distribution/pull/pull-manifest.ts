import { formatReference, type Reference } from '#lib/oci/reference.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { ContentKey, PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { pullMirroredManifest, type CacheState } from './mirrored/pull-mirrored-manifest.ts';
import type { RefreshApp } from '#lib/upstream/pull-through/refresh-manifest.ts';
import { readStoredManifest, type StoredManifest } from './read-stored-manifest.ts';

/**
 * `cache` is null unless the repository is mirrored. `repositoryId` identifies the repository that stores the manifest.
 * `sourceDigest` is that of the stored manifest that this one is a translation of; null if it is stored itself.
 */
export type PulledManifest = StoredManifest & {
  repositoryId: bigint;
  cache: CacheState | null;
  sourceDigest?: string;
};

type App = RefreshApp & { pullCache: PullCache };
type Input = { repository: FoundRepository; reference: Reference };

/**
 * Reads a manifest from the cache, the database or its upstream.
 * @throws AppError `manifest_not_found`, `upstream_*`
 */
export async function pullManifest(app: App, { repository, reference }: Input): Promise<PulledManifest> {
  if (isMirrored(repository)) return pullMirroredManifest(app, { repository, reference });
  const { id: repositoryId } = repository;
  return app.pullCache.content<PulledManifest>(
    contentKeyOf(repositoryId, reference),
    async () => ({ ...(await readStoredManifest(app, { repositoryId, reference })), repositoryId, cache: null }),
    ({ sizeBytes }) => sizeBytes,
  );
}

/** Finds a cached manifest. Mirrored repositories aren't cached here, because their tags may be stale. */
export function recallManifest(
  { pullCache }: { pullCache: PullCache },
  { repository, reference }: Input,
): PulledManifest | null {
  return isMirrored(repository) ? null : pullCache.findContent(contentKeyOf(repository.id, reference));
}

/** Forgets what a tag pointed to. */
export function forgetTag({ pullCache }: { pullCache: PullCache }, repositoryId: bigint, tag: string): void {
  pullCache.forgetContent(contentKeyOf(repositoryId, { kind: 'tag', tag }));
}

/** Where a manifest of a repository that isn't mirrored is cached. */
export function contentKeyOf(repositoryId: bigint, reference: Reference): ContentKey {
  return { repositoryId, key: `${reference.kind} ${formatReference(reference)}` };
}
