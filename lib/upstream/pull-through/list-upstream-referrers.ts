// Lists an upstream's referrers.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
import type { Descriptor } from '#lib/oci/descriptor.ts';
import { digestAlgorithm, digestHex, type Digest } from '#lib/oci/digest.ts';
import { readDescriptors } from '#lib/oci/read-manifest.ts';
import { z } from 'zod';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readCachedList, type UpstreamList } from './cached-list.ts';
import { fetchChildren } from './fetch-manifest.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import { readPages } from './read-pages.ts';
import type { FetchedMirror } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

/** Followed by the digest of the subject. */
export const REFERRERS_KEY = 'referrers ';
const referrersSchema = z.array(z.unknown()).transform(readDescriptors);
const pageSchema = z.object({ manifests: referrersSchema.nullish() }).transform(({ manifests }) => manifests ?? []);

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/**
 * Lists every referrer of a manifest, regardless of type.
 * @throws AppError `upstream_*` without a stale list to fall back on
 */
export async function listUpstreamReferrers(
  app: App,
  { repository, subject }: { repository: FetchedMirror; subject: Digest },
): Promise<{ referrers: Descriptor[]; status: CacheStatus }> {
  const { content, status } = await readCachedList(app, describeReferrerList(app, { repository, subject }));
  return { referrers: content, status };
}

export function describeReferrerList(
  app: App,
  { repository, subject }: { repository: FetchedMirror; subject: Digest },
): UpstreamList<typeof referrersSchema> {
  const fetch = async () => {
    const settings = await loadUpstream(app, repository.upstream.upstreamId);
    return fetchReferrers(app, settings, repository.upstream.name, subject);
  };
  return { repository, key: `${REFERRERS_KEY}${subject}`, schema: referrersSchema, fetch };
}

async function fetchReferrers(
  app: App,
  settings: UpstreamSettings,
  name: string,
  subject: Digest,
): Promise<Descriptor[]> {
  const list = { settings, name, path: `referrers/${subject}`, schema: pageSchema };
  return (await readPages(app, list)) ?? fetchTagged(app, settings, name, subject);
}

/** "If the referrers API returns a 404, the client MUST fallback to pulling the referrers tag schema." */
async function fetchTagged(app: App, settings: UpstreamSettings, name: string, subject: Digest): Promise<Descriptor[]> {
  const tag = `${digestAlgorithm(subject)}-${digestHex(subject)}`.slice(0, 128);
  return fetchChildren(app, { settings, name, reference: { kind: 'tag', tag } });
}
