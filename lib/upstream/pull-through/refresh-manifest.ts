// Refreshes a mirrored manifest that is missing here or whose tag may have moved.
import type pg from 'pg';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { isUpstreamFailure } from './request-upstream.ts';
import { resolveTagDigest, fetchManifest } from './fetch-manifest.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import {
  findMirroredTag,
  hasManifest,
  markGone,
  markChecked,
  moveTag,
  removeTag,
  type MirroredTag,
} from './mirrored-tags.ts';
import { storeManifest } from './store-manifest.ts';
import type { FetchedMirror } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { Freshness, OwnedManifest } from './flight-owners.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

/** Serves a tag for a day after it vanished upstream, because the deletion may be a mistake. */
const GONE_MS = 24 * 60 * 60 * 1000;

export type RefreshApp = {
  db: Db;
  pool: pg.Pool;
  recordMutex: KeyedMutex<bigint>;
  secrets: StoredSecrets;
  upstream: UpstreamRuntime;
};
type Asked = { settings: UpstreamSettings; name: string; reference: Reference };

/**
 * Brings the local copy of a manifest up to date. Concurrent callers on this machine share one upstream request and its outcome.
 * @throws AppError `manifest_not_found`, `upstream_*` without a copy to fall back on
 */
export function refreshManifest(app: RefreshApp, { repository, reference }: OwnedManifest): Promise<Freshness> {
  const { owners, refreshes } = app.upstream;
  const key = `${repository.registryKey} ${repository.name} ${formatReference(reference)}`;
  return refreshes.run(key, async () => {
    const owned = await owners?.refresh(key, { repository, reference });
    return owned ?? refresh(app, { repository, reference }, key);
  });
}

async function refresh(app: RefreshApp, { repository, reference }: OwnedManifest, key: string): Promise<Freshness> {
  const { missing, pauses } = app.upstream;
  if (missing.has(key)) throw notFound(repository);
  const known =
    reference.kind === 'tag' ? await findMirroredTag(app, { repositoryId: repository.id, tag: reference.tag }) : null;
  if (known?.isImmutable) {
    await markChecked(app, known);
    return { repositoryId: repository.id, status: 'REVALIDATED', warning: null };
  }
  const settings = await loadUpstream(app, repository.upstream.upstreamId);
  const paused = pauses.get(key);
  if (paused && known) return toStale(repository, paused);
  try {
    await app.upstream.requireWritable();
    const freshness = await askAndStore(
      app,
      { settings, name: repository.upstream.name, reference },
      repository,
      known,
    );
    if (freshness) return freshness;
  } catch (error) {
    const isPassing = isAppError(error) && (isUpstreamFailure(error) || error.code === 'read_only');
    if (!isPassing || !known || !isServable(known, settings)) throw error;
    pauses.set(key, error.message);
    return toStale(repository, error.message);
  }
  if (!known) {
    missing.set(key, true);
    throw notFound(repository);
  }
  return serveGone(app, repository, known);
}

/** Null when the upstream doesn't have the manifest. */
async function askAndStore(
  app: RefreshApp,
  asked: Asked,
  repository: FetchedMirror,
  known: MirroredTag | null,
): Promise<Freshness | null> {
  const { reference } = asked;
  if (reference.kind === 'digest') return fetchAndStore(app, asked, repository, null);
  const digest = await resolveTagDigest(app, asked);
  if (digest === 'gone') return null;
  if (digest === 'unknown') return fetchAndStore(app, asked, repository, reference.tag, known);
  if (digest === known?.digest) {
    await markChecked(app, known);
    return { repositoryId: repository.id, status: 'REVALIDATED', warning: null };
  }
  if (await hasManifest(app, { repositoryId: repository.id, digest })) {
    await moveTag(app, { repository, tag: reference.tag, digest });
    return { repositoryId: repository.id, status: 'REVALIDATED', warning: null };
  }
  // Fetched by digest, so that a tag that moves in between still yields what HEAD announced.
  const byDigest = { ...asked, reference: { kind: 'digest' as const, digest } };
  return (
    (await fetchAndStore(app, byDigest, repository, reference.tag)) ??
    fetchAndStore(app, asked, repository, reference.tag)
  );
}

async function fetchAndStore(
  app: RefreshApp,
  asked: Asked,
  repository: FetchedMirror,
  tag: string | null,
  known: MirroredTag | null = null,
): Promise<Freshness | null> {
  const fetched = await fetchManifest(app, asked);
  if (!fetched) return null;
  app.upstream.stats.count(asked.settings.id, 'fetchedBytes', fetched.payload.length);
  if (known && known.digest === fetched.digest) {
    await markChecked(app, known);
    return { repositoryId: repository.id, status: 'REVALIDATED', warning: null };
  }
  const repositoryId = await storeManifest(app, { repository, fetched, tag });
  return { repositoryId, status: 'MISS', warning: null };
}

function isServable(known: MirroredTag, settings: UpstreamSettings): boolean {
  return Date.now() - known.checkedAt.getTime() <= settings.staleSeconds * 1000;
}

async function serveGone(app: RefreshApp, repository: FetchedMirror, known: MirroredTag): Promise<Freshness> {
  const goneSince = known.goneSince ?? (await markGone(app, known));
  if (Date.now() - goneSince.getTime() < GONE_MS) return toStale(repository, 'The upstream no longer has this tag.');
  await removeTag(app, { repository, known });
  throw notFound(repository);
}

function toStale(repository: FetchedMirror, warning: string): Freshness {
  return { repositoryId: repository.id, status: 'STALE', warning };
}

function notFound(repository: FetchedMirror): AppError {
  return new AppError('manifest_not_found', `The upstream of ${repository.fullName} has no such manifest.`);
}
