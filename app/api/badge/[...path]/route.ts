// Badges for READMEs: `/api/badge/KIND/ALIAS/NAME.svg`.
import { downloadSizeText } from '#components/tags/platform-text.ts';
import { BADGE_KINDS, type BadgeKind } from '#components/links.ts';
import { formatCount } from '#components/ui/format-number.ts';
import { drawBadge, type Badge } from '#lib/api/feeds/draw-badge.ts';
import { getApp } from '#lib/app.ts';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getFeaturedTag, getNewestImage } from '#lib/gallery/tag-queries.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { FILE_HEADERS, findPublicRepository, parseFilePath } from '../../../_lib/repository/public-files.ts';

const UNKNOWN: Badge = { label: 'image', value: 'not found', isMuted: true };
const SECONDS = { found: 300, missing: 60 };

/** Errors return a grey badge with an error status, so that pages still show something. */
export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const [kindText, ...rest] = (await params).path;
  const kind = BADGE_KINDS.find((candidate) => candidate === kindText);
  const at = parseFilePath(rest, '.svg');
  const found = kind && at?.name ? await findPublicRepository(at.alias, at.name) : null;
  const badge = kind && found ? await readBadge(kind, found.repository) : UNKNOWN;
  const label = new URL(request.url).searchParams.get('label');
  return answerCacheable(request, {
    body: drawBadge(label === null ? badge : { ...badge, label }),
    status: found ? 200 : 404,
    headers: {
      ...FILE_HEADERS,
      'Content-Type': 'image/svg+xml; charset=utf-8',
      'Cache-Control': `public, max-age=${found ? SECONDS.found : SECONDS.missing}`,
    },
  });
}

async function readBadge(kind: BadgeKind, { id: repositoryId, pullCount }: RepositoryPage): Promise<Badge> {
  if (kind === 'pulls') return { label: 'pulls', value: formatCount(pullCount) };
  const shown = await getFeaturedTag(getApp(), { repositoryId });
  if (kind === 'tag')
    return shown ? { label: 'tag', value: shown.tag } : { label: 'tag', value: 'none', isMuted: true };
  const image = shown ?? (await getNewestImage(getApp(), { repositoryId }));
  return image ? { label: 'size', value: downloadSizeText(image) } : { label: 'size', value: 'unknown', isMuted: true };
}
