// Badges for READMEs: `/api/badge/KIND/ALIAS/NAME.svg`.
import { downloadSizeText } from '#components/tags/platform-text.ts';
import { BADGE_KINDS, badgeLink, type BadgeKind } from '#components/links.ts';
import { formatCount } from '#components/ui/format-number.ts';
import { drawBadge, type Badge } from '#lib/api/feeds/draw-badge.ts';
import { getApp } from '#lib/app.ts';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { chooseVersion } from '#lib/gallery/repository/choose-version.ts';
import { loadStatedFacts } from '#lib/gallery/repository/load-stated-facts.ts';
import { getFeaturedTag, getNewestImage, type ImageView } from '#lib/gallery/tag-queries.ts';
import { findEvidence } from '#lib/distribution/pull/find-evidence.ts';
import { parseDigest } from '#lib/oci/digest.ts';
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
  const body = drawBadge(label === null ? badge : { ...badge, label });
  if (kind && at?.name && found && label === null) {
    const path = badgeLink(kind, { alias: at.alias, name: at.name });
    await getApp().imageSizes.remember(path, { bytes: Buffer.from(body), type: 'image/svg+xml' });
  }
  return answerCacheable(request, {
    body,
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
  const app = getApp();
  const shown = await getFeaturedTag(app, { repositoryId });
  if (kind === 'tag') return badgeOf('tag', shown?.tag ?? null, 'none');
  const image = shown ?? (await getNewestImage(app, { repositoryId }));
  if (kind === 'size') return badgeOf('size', image && downloadSizeText(image), 'unknown');
  if (!image) return badgeOf(kind, null, 'unknown');
  if (kind === 'signature') {
    return badgeOf('signature', (await isSigned(repositoryId, image)) ? 'signed' : null, 'unsigned');
  }
  const { version } = await loadStatedFacts(app, { repositoryId, image });
  return badgeOf('version', chooseVersion(shown ? [shown.tag, ...shown.sameDigestTags] : [], version), 'unknown');
}

/** `otherwise` is grey. */
function badgeOf(label: string, value: string | null, otherwise: string): Badge {
  return value === null ? { label, value: otherwise, isMuted: true } : { label, value };
}

/** Whether a signature is attached to the image itself. Neither signer nor content is verified. */
async function isSigned(repositoryId: bigint, image: ImageView): Promise<boolean> {
  const digest = parseDigest(image.digest);
  if (!digest) return false;
  const evidence = await findEvidence(getApp(), { repositoryId, digest, manifest: null });
  return evidence.some(({ kind }) => kind === 'signature');
}
