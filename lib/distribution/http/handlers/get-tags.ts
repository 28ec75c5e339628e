import { AppError } from '#lib/platform/errors.ts';
import { MAX_TAGS_PER_PAGE } from '#lib/distribution/pull/list-stored-tags.ts';
import { listTags } from '#lib/distribution/pull/list-tags.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { latestCacheControl } from './cache-headers.ts';
import { sendJson } from '#lib/distribution/http/respond.ts';

const MAX_LAST_LENGTH = 128;

export async function getTags({ app, res, query, repository }: PullRequest<unknown>): Promise<void> {
  const limit = parseLimit(query.get('n'));
  const last = query.get('last');
  // PostgreSQL rejects a NUL.
  if (last !== null && (last.length > MAX_LAST_LENGTH || last.includes('\0'))) {
    throw new AppError('invalid_input', 'last must be a tag.');
  }
  const { tags, hasMore, status } = await listTags(app, { repository, limit, last });
  const next = new URLSearchParams({ n: String(limit), last: tags.at(-1) ?? '' });
  const link = `</v2/${repository.fullName}/tags/list?${next.toString()}>; rel="next"`;
  sendJson(
    res,
    200,
    { name: repository.fullName, tags },
    {
      'Cache-Control': latestCacheControl(repository),
      ...(hasMore && { Link: link }),
      ...(status && { 'X-Cache': status }),
    },
  );
}

/** Caps a larger page size instead of refusing it. */
function parseLimit(n: string | null): number {
  if (n === null) return MAX_TAGS_PER_PAGE;
  if (!/^\d+$/.test(n)) throw new AppError('invalid_input', 'n must be a number.');
  return Math.min(Number(n), MAX_TAGS_PER_PAGE);
}
