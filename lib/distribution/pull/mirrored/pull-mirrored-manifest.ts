import type { Reference } from '#lib/oci/reference.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { COUNT_OF_STATUS } from '#lib/upstream/pull-through/cache-stats.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { refreshManifest, type RefreshApp } from '#lib/upstream/pull-through/refresh-manifest.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import { newerLimit, tagTtlSeconds } from '#lib/upstream/pull-through/tag-freshness.ts';
import type { Freshness } from '#lib/upstream/pull-through/flight-owners.ts';
import { readStoredManifest, type StoredManifest } from '#lib/distribution/pull/read-stored-manifest.ts';

type Input = { repository: MirroredRepository; reference: Reference };

/** Cache state of a response, for the headers X-Cache, Age and Warning. */
export type CacheState = { status: CacheStatus; ageSeconds: number; warning: string | null };

export type MirroredManifest = StoredManifest & { repositoryId: bigint; cache: CacheState };

/**
 * Reads the cached copy while it is fresh, and asks the upstream otherwise.
 * @throws AppError `manifest_not_found`, `upstream_*`
 */
export async function pullMirroredManifest(app: RefreshApp, input: Input): Promise<MirroredManifest> {
  const { repository, reference } = input;
  const { upstreamId } = repository.upstream;
  const local = await findLocal(app, repository.id, reference);
  if (local && (await isFresh(app, input, local))) {
    app.upstream.stats.count(upstreamId, 'hits');
    return toMirrored(local, { repositoryId: repository.id, status: 'HIT', warning: null });
  }
  const freshness = await refreshManifest(app, input);
  app.upstream.stats.count(upstreamId, COUNT_OF_STATUS[freshness.status]);
  return toMirrored(await readStoredManifest(app, { repositoryId: freshness.repositoryId, reference }), freshness);
}

async function findLocal(app: RefreshApp, repositoryId: bigint, reference: Reference): Promise<StoredManifest | null> {
  try {
    return await readStoredManifest(app, { repositoryId, reference });
  } catch (error) {
    if (isAppError(error) && error.code === 'manifest_not_found') return null;
    throw error;
  }
}

/** A digest always names the same bytes, so only tags go stale. */
async function isFresh(app: RefreshApp, { repository, reference }: Input, local: StoredManifest): Promise<boolean> {
  if (reference.kind === 'digest') return true;
  const settings = await loadUpstream(app, repository.upstream.upstreamId);
  const rateLimit = newerLimit(app.upstream.client.state(settings).rateLimit, settings.rateLimit);
  return !local.isGone && ageSeconds(local) < tagTtlSeconds(settings, reference.tag, rateLimit);
}

function toMirrored(manifest: StoredManifest, { repositoryId, status, warning }: Freshness): MirroredManifest {
  return { ...manifest, repositoryId, cache: { status, ageSeconds: ageSeconds(manifest), warning } };
}

/** Returns the seconds since the upstream last confirmed the manifest. */
function ageSeconds({ checkedAt }: StoredManifest): number {
  return checkedAt ? Math.max(0, Math.floor((Date.now() - checkedAt.getTime()) / 1000)) : 0;
}
