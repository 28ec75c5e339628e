// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags, as an upstream answers it.
import { z } from 'zod';
import { isTag } from '#lib/oci/reference.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { askUpstream } from './ask-upstream.ts';
import { readCachedList } from './cached-list.ts';
import { loadUpstream } from './load-upstream.ts';
import { readNextPage } from './next-page.ts';
import { readJson } from './read-json.ts';
import type { MirroredRepository } from './mirrored-repository.ts';
import type { CacheStatus } from './schema.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

export const TAGS_KEY = 'tags';
const PAGE_SIZE = 1_000;
const MAX_PAGES = 100;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

const pageSchema = z.object({ tags: z.array(z.string()).nullish() });
const tagsSchema = z.array(z.string());

type App = { db: Db; authKeys: { sealing: Uint8Array }; upstream: UpstreamRuntime };

/**
 * Every tag of the upstream's repository, in ASCII order; what no tag can be is left out.
 * @throws AppError `repository_not_found`, `upstream_*` when there is no older list to fall back on
 */
export async function listUpstreamTags(
  app: App,
  repository: MirroredRepository,
): Promise<{ tags: string[]; status: CacheStatus }> {
  const { content, status } = await readCachedList(app, { repository, key: TAGS_KEY, schema: tagsSchema }, async () => {
    const settings = await loadUpstream(app, repository.upstream.upstreamId);
    return fetchTags(app, settings, repository.upstream.name);
  });
  return { tags: content, status };
}

async function fetchTags(app: App, settings: UpstreamSettings, name: string): Promise<string[]> {
  const tags = new Set<string>();
  let path: string | null = `tags/list?n=${PAGE_SIZE}`;
  for (let page = 0; path !== null && page < MAX_PAGES; page += 1) {
    const response = await askUpstream(app, settings, { method: 'GET', repository: name, path, kind: 'metadata' });
    if (response.status === 404) {
      response.body.destroy();
      throw new AppError('repository_not_found', `${settings.host} has no repository ${name}.`);
    }
    const { tags: found } = await readJson(response, {
      host: settings.host,
      maxBytes: MAX_PAGE_BYTES,
      schema: pageSchema,
    });
    const before = tags.size;
    for (const tag of found ?? []) if (isTag(tag)) tags.add(tag);
    // A page without anything new would be the first of endlessly many.
    path = tags.size > before ? readNextPage(response.headers.link, 'tags/list') : null;
  }
  return [...tags].sort();
}
