// Lists an upstream's tags. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
import { z } from 'zod';
import { listOf } from '#lib/oci/json-limits.ts';
import { isTag } from '#lib/oci/reference.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { readCachedList, type UpstreamList } from './cached-list.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import { readPages } from './read-pages.ts';
import type { FetchedMirror } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

export const TAGS_KEY = 'tags';
const PAGE_SIZE = 1_000;

const pageSchema = z.object({ tags: listOf(z.string()).nullish() }).transform(({ tags }) => tags ?? []);
const tagsSchema = listOf(z.string());

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/**
 * Lists every valid tag of the upstream's repository in ASCII order.
 * @throws AppError `repository_not_found`, or `upstream_*` without a stale list to fall back on
 */
export async function listUpstreamTags(
  app: App,
  repository: FetchedMirror,
): Promise<{ tags: string[]; status: CacheStatus }> {
  const { content, status } = await readCachedList(app, describeTagList(app, repository));
  return { tags: content, status };
}

export function describeTagList(app: App, repository: FetchedMirror): UpstreamList<typeof tagsSchema> {
  const fetch = async () => {
    const settings = await loadUpstream(app, repository.upstream.upstreamId);
    return fetchTags(app, settings, repository.upstream.name);
  };
  return { repository, key: TAGS_KEY, schema: tagsSchema, fetch };
}

async function fetchTags(app: App, settings: UpstreamSettings, name: string): Promise<string[]> {
  const list = { settings, name, path: 'tags/list', query: `?n=${PAGE_SIZE}`, schema: pageSchema };
  const tags = await readPages(app, list);
  if (!tags) throw new AppError('repository_not_found', `${settings.host} has no repository ${name}.`);
  return [...new Set(tags.filter(isTag))].sort();
}
