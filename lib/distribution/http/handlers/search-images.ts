// The search of Docker's first registry API, which `docker search HOST/words` and `podman search HOST/words` still use.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#lib/platform/errors.ts';
import { MAX_REACHABLE } from '#lib/search/schema.ts';
import type { DistributionApp } from '#lib/distribution/http/distribution-request.ts';
import { sendJson } from '#lib/distribution/http/respond.ts';

const MAX_QUERY_LENGTH = 300;
const DEFAULT_PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 100;

export function isSearchPath(path: string): boolean {
  return path === '/v1/search' || path === '/v1/_ping';
}

/** Finds public images only, because Docker and Podman can't pull anything else. */
export async function searchImages(
  app: DistributionApp,
  req: IncomingMessage,
  res: ServerResponse,
  { path, query }: { path: string; query: URLSearchParams },
): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'HEAD')
    throw new AppError('unsupported', 'Only GET and HEAD are supported here.');
  // Docker checks for the first registry API before it searches.
  if (path === '/v1/_ping') return sendJson(res, 200, { standalone: true });
  const words = (query.get('q') ?? '').trim();
  if (words.includes('\0')) throw new AppError('invalid_input', 'q contains an invalid character.');
  if (words.length > MAX_QUERY_LENGTH)
    throw new AppError('invalid_input', `q can have at most ${MAX_QUERY_LENGTH} characters.`);
  const pageSize = Math.min(readNumber(query, 'n') ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  const page = readNumber(query, 'page') ?? 1;
  const offset = (page - 1) * pageSize;
  const { hits, total } = await app.search.search({
    query: words,
    filters: { kind: 'image' },
    sort: 'relevance',
    limit: pageSize,
    offset: Math.min(offset, MAX_REACHABLE),
  });
  const results = offset > MAX_REACHABLE ? [] : hits;
  sendJson(res, 200, {
    query: words,
    num_results: total,
    num_pages: Math.ceil(total / pageSize),
    page,
    page_size: pageSize,
    results: results.map(({ alias, name, description, pullCount, starCount }) => ({
      name: `${alias}/${name}`,
      description,
      pull_count: pullCount,
      star_count: starCount,
      // Vitrine has no official images.
      is_official: false,
      is_automated: false,
      is_trusted: false,
    })),
  });
}

function readNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null || text === '') return null;
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value < 1)
    throw new AppError('invalid_input', `${name} must be a number of at least 1.`);
  return value;
}
