// A user's private Atom feed of what they follow: `/api/following/TOKEN.atom`. The token is the only credential.
import { FOLLOWING, repositoryLink } from '#components/links.ts';
import { feedUpdated, tagUri, writeFeed, type FeedEntry } from '#lib/api/feeds/write-feed.ts';
import { getApp } from '#lib/app.ts';
import { readPrivateFeed, type PrivateFeedEntry } from '#lib/following/private-feed/read-private-feed.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { toAppError, type AppError } from '#lib/platform/errors.ts';
import { siteName } from '#lib/site/schema.ts';
import { absoluteUrl } from '../../../_lib/repository/public-files.ts';
import { getOrigin } from '../../../_lib/session/session.ts';

const EXTENSION = '.atom';
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
};

export async function GET(request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params;
  const token = file.endsWith(EXTENSION) ? file.slice(0, -EXTENSION.length) : '';
  try {
    const { linkId, createdAt, entries } = await readPrivateFeed(getApp(), {
      token,
      context: await getOrigin(),
    });
    const id = (...parts: string[]) => tagUri(getApp().config.publicUrl, 'following', linkId, ...parts);
    const feed = {
      id: id(),
      title: `What you follow on ${new URL(getApp().config.publicUrl).host}`,
      author: siteName(getApp().siteSettings.latest),
      createdAt,
      url: absoluteUrl(FOLLOWING),
      selfUrl: absoluteUrl(`/api/following/${file}`),
      entries: entries.map((entry): FeedEntry => ({
        id: id(entry.id),
        updated: entry.at,
        title: titleOf(entry),
        text: entry.digest ?? entry.text,
        url: linkOf(entry),
      })),
    };
    return answerCacheable(request, {
      body: writeFeed(feed),
      lastModified: feedUpdated(feed),
      headers: {
        ...HEADERS,
        'Content-Type': 'application/atom+xml; charset=utf-8',
        // Revoking the URL and hiding a repository take effect with the next request.
        'Cache-Control': 'private, no-cache',
      },
    });
  } catch (thrown) {
    return answerRefusal(toAppError(thrown), thrown);
  }
}

function titleOf({ kind, alias, name, tags }: PrivateFeedEntry): string {
  if (kind === 'repository') return `${alias}/${name} is new`;
  if (kind === 'deprecation') return `${alias}/${name} is deprecated`;
  return `${alias}/${name}: pushed ${tags.join(', ')}`;
}

function linkOf({ alias, name, tags }: PrivateFeedEntry): string {
  const [tag] = tags;
  return absoluteUrl(repositoryLink({ alias, name, ...(tag !== undefined && { item: { tag } }) }));
}

function answerRefusal({ code, message, retryAfterSeconds }: AppError, thrown: unknown): Response {
  if (code !== 'not_found' && code !== 'rate_limited') throw thrown;
  const headers = new Headers({ ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  if (retryAfterSeconds) headers.set('Retry-After', String(retryAfterSeconds));
  return new Response(`${message}\n`, { status: code === 'not_found' ? 404 : 429, headers });
}
