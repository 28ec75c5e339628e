import type { z } from 'zod';
import { requestUpstream } from './request-upstream.ts';
import { readNextPage } from '#lib/upstream/client/bodies/next-page.ts';
import { readJson } from '#lib/upstream/client/bodies/read-json.ts';
import { invalidUpstream } from '#lib/upstream/client/upstream-errors.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

const MAX_PAGES = 1_000;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** Across all pages. */
const MAX_ITEMS = 500_000;

type Pages<Item> = {
  settings: UpstreamSettings;
  /** The repository's name at the upstream. */
  name: string;
  /** The list's path below the repository, without a query. */
  path: string;
  query?: string;
  schema: z.ZodType<Item[]>;
};

/**
 * Reads all pages of an upstream's list. Null when the upstream has no such list.
 * @throws AppError `upstream_*`, also when a page can't be followed
 */
export async function readPages<Item>(
  app: { upstream: UpstreamRuntime },
  { settings, name, path, query = '', schema }: Pages<Item>,
): Promise<Item[] | null> {
  const { host } = settings;
  const items: Item[] = [];
  const seen = new Set<string>();
  for (let page: string | null = `${path}${query}`; page !== null;) {
    if (seen.has(page)) throw invalidUpstream(`${host} returned a list whose pages form a loop.`);
    if (seen.size >= MAX_PAGES || items.length > MAX_ITEMS) throw invalidUpstream(`${host} returned an endless list.`);
    seen.add(page);
    const response = await requestUpstream(app, settings, {
      method: 'GET',
      repository: name,
      path: page,
      kind: 'metadata',
    });
    if (response.status === 404) {
      response.body.destroy();
      if (seen.size === 1) return null;
      throw invalidUpstream(`${host} returned a list with a missing page.`);
    }
    for (const item of await readJson(response, { host, maxBytes: MAX_PAGE_BYTES, schema })) items.push(item);
    page = readNextPage({ host, link: response.headers.link, path });
  }
  return items;
}
