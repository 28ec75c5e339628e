import { AppError } from '#lib/platform/errors.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { listMirroredTags } from '#lib/distribution/pull/list-mirrored.ts';
import { listTags, MAX_TAGS_PER_PAGE } from '#lib/distribution/pull/list-tags.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { latestCacheControl } from './cache-headers.ts';
import { sendJson } from '#lib/distribution/http/respond.ts';

const MAX_LAST_LENGTH = 128;

export async function getTags({ app, res, query, repository }: PullRequest<unknown>): Promise<void> {
  const limit = parseLimit(query.get('n'));
  const last = query.get('last');
  // Longer than any tag, or with what no tag has: Postgres refuses a NUL.
  if (last !== null && (last.length > MAX_LAST_LENGTH || last.includes('\0'))) {
    throw new AppError('invalid_input', 'last is not a tag.');
  }
  const { tags, hasMore, status } = isMirrored(repository)
    ? await listMirroredTags(app, { repository, limit, last })
    : { ...(await listTags(app, { repositoryId: repository.id, limit, last })), status: null };
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

/** More than we give at once is cut, not refused. */
function parseLimit(n: string | null): number {
  if (n === null) return MAX_TAGS_PER_PAGE;
  if (!/^\d+$/.test(n)) throw new AppError('invalid_input', 'n is a number.');
  return Math.min(Number(n), MAX_TAGS_PER_PAGE);
}
