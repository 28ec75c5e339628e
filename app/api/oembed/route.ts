// https://oembed.com: embeds for repository pages.
import { cardLink, previewImageLink, publisherLink, repositoryLink } from '#components/links.ts';
import { cleanText } from '#lib/api/feeds/clean-text.ts';
import { CARD_HEIGHT, CARD_WIDTH, writeCardFrame } from '#lib/api/feeds/write-card.ts';
import { getApp } from '#lib/app.ts';
import { siteName } from '#lib/site/schema.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import {
  absoluteUrl,
  answerFileMissing,
  FILE_HEADERS,
  findPublicRepository,
} from '../../_lib/repository/public-files.ts';
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from '../../_lib/repository/preview-size.ts';
import { parseRepositoryPath } from '../../_lib/repository/repository-path.ts';

const CACHE_SECONDS = 300;
/** The card is of no use in less. */
const MIN_CARD_WIDTH = 280;

export async function GET(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  if ((query.get('format') ?? 'json') !== 'json') {
    return new Response('Only format=json is supported.\n', { status: 501, headers: { 'Cache-Control': 'no-store' } });
  }
  const at = findPage(query.get('url') ?? '');
  const found = at && (await findPublicRepository(at.alias, at.name));
  if (!found) return answerFileMissing('page');
  const { primaryAlias: alias, name, description, publisherName } = found.repository;
  const room = readRoom(query);
  const body = {
    version: '1.0',
    ...describeEmbed({ alias, name }, room),
    title: `${alias}/${name}`,
    provider_name: siteName(getApp().siteSettings.latest),
    provider_url: absoluteUrl('/'),
    author_name: publisherName || alias,
    author_url: absoluteUrl(publisherLink(alias)),
    url: absoluteUrl(repositoryLink({ alias, name })),
    description: cleanText(description, 300),
    ...(room.width >= PREVIEW_WIDTH &&
      room.height >= PREVIEW_HEIGHT && {
        thumbnail_url: absoluteUrl(previewImageLink({ alias, name, version: found.version })),
        thumbnail_width: PREVIEW_WIDTH,
        thumbnail_height: PREVIEW_HEIGHT,
      }),
    cache_age: CACHE_SECONDS,
  };
  return answerCacheable(request, {
    body: JSON.stringify(body),
    headers: {
      ...FILE_HEADERS,
      'Content-Type': 'application/json',
      'Cache-Control': `public, max-age=${CACHE_SECONDS}`,
    },
  });
}

/** Parses the URL of a repository page on this site. */
function findPage(text: string): { alias: string; name: string } | null {
  const url = URL.parse(text);
  if (!url || url.origin !== new URL(getApp().config.publicUrl).origin) return null;
  const [alias = '', ...path] = url.pathname.slice(1).split('/');
  return path.length > 0 ? parseRepositoryPath(alias, path) : null;
}

type Room = { width: number; height: number };

/** Without limits, any size fits. */
function readRoom(query: URLSearchParams): Room {
  const read = (name: string) => Number(query.get(name) ?? Infinity);
  return { width: read('maxwidth'), height: read('maxheight') };
}

/** The card, or a plain link if the consumer has too little room for it. */
function describeEmbed(repository: { alias: string; name: string }, room: Room) {
  if (!(room.width >= MIN_CARD_WIDTH && room.height >= CARD_HEIGHT)) return { type: 'link' };
  const width = Math.min(CARD_WIDTH, Math.floor(room.width));
  const title = `${repository.alias}/${repository.name}`;
  const html = writeCardFrame({ url: absoluteUrl(cardLink(repository)), title, width });
  return { type: 'rich', html, width, height: CARD_HEIGHT };
}
