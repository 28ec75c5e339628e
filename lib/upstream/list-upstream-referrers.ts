// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers, as an upstream answers it.
import { descriptorSchema, type Descriptor } from '#lib/oci/descriptor.ts';
import { digestAlgorithm, digestHex, type Digest } from '#lib/oci/digest.ts';
import { z } from 'zod';
import type { Db } from '#lib/platform/db.ts';
import { askUpstream } from './ask-upstream.ts';
import { readCachedList } from './cached-list.ts';
import { fetchManifest } from './fetch-manifest.ts';
import { loadUpstream } from './load-upstream.ts';
import { readNextPage } from './next-page.ts';
import { readJson } from './read-json.ts';
import type { MirroredRepository } from './mirrored-repository.ts';
import type { CacheStatus } from './schema.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

const MAX_PAGES = 20;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

const referrersSchema = z.array(descriptorSchema);
const pageSchema = z.object({ manifests: referrersSchema.nullish() });

type App = { db: Db; authKeys: { sealing: Uint8Array }; upstream: UpstreamRuntime };

/**
 * Everything that the upstream says refers to a manifest, whatever its type.
 * @throws AppError `upstream_*` when there is no older list to fall back on
 */
export async function listUpstreamReferrers(
  app: App,
  { repository, subject }: { repository: MirroredRepository; subject: Digest },
): Promise<{ referrers: Descriptor[]; status: CacheStatus }> {
  const list = { repository, key: `referrers ${subject}`, schema: referrersSchema };
  const { content, status } = await readCachedList(app, list, async () => {
    const settings = await loadUpstream(app, repository.upstream.upstreamId);
    return fetchReferrers(app, settings, repository.upstream.name, subject);
  });
  return { referrers: content, status };
}

async function fetchReferrers(
  app: App,
  settings: UpstreamSettings,
  name: string,
  subject: Digest,
): Promise<Descriptor[]> {
  const start = `referrers/${subject}`;
  const referrers: Descriptor[] = [];
  let path: string | null = start;
  for (let page = 0; path !== null && page < MAX_PAGES; page += 1) {
    const response = await askUpstream(app, settings, { method: 'GET', repository: name, path, kind: 'metadata' });
    if (response.status === 404) {
      response.body.destroy();
      return page === 0 ? fetchTagged(app, settings, name, subject) : referrers;
    }
    const { manifests } = await readJson(response, {
      host: settings.host,
      maxBytes: MAX_PAGE_BYTES,
      schema: pageSchema,
    });
    referrers.push(...(manifests ?? []));
    path = (manifests ?? []).length > 0 ? readNextPage(response.headers.link, start) : null;
  }
  return referrers;
}

/** "If the referrers API returns a 404, the client MUST fallback to pulling the referrers tag schema." */
async function fetchTagged(app: App, settings: UpstreamSettings, name: string, subject: Digest): Promise<Descriptor[]> {
  const tag = `${digestAlgorithm(subject)}-${digestHex(subject)}`.slice(0, 128);
  const fetched = await fetchManifest(app, { settings, name, reference: { kind: 'tag', tag } });
  return fetched?.manifest.children ?? [];
}
