// A repository's card for frames on other sites: `/api/card/ALIAS/NAME`.
import { CARD_THEMES, repositoryLink } from '#components/links.ts';
import { clientsOf, pullCommand } from '#components/pulls/pull-commands.ts';
import { countOf } from '#components/ui/format-number.ts';
import { CARD_POLICY, writeCard } from '#lib/api/feeds/write-card.ts';
import { getApp } from '#lib/app.ts';
import { getFeaturedTag } from '#lib/gallery/tag-queries.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { siteName } from '#lib/site/schema.ts';
import { getPullAddress, getVisitedOrigin } from '../../../_lib/repository/pull-address.ts';
import { answerFileMissing, findPublicRepository, parseFilePath } from '../../../_lib/repository/public-files.ts';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  // Not for shared caches, because without PUBLIC_URL the pull command has the host that the reader uses.
  'Cache-Control': 'private, max-age=300',
  'Content-Security-Policy': CARD_POLICY,
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Robots-Tag': 'noindex',
};

export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const at = parseFilePath((await params).path, '');
  const found = at?.name ? await findPublicRepository(at.alias, at.name) : null;
  if (!found) return answerFileMissing('card');
  const { repository } = found;
  const app = getApp();
  const [shown, { host, isPlainHttp }, origin, settings] = await Promise.all([
    getFeaturedTag(app, { repositoryId: repository.id }),
    getPullAddress(),
    getVisitedOrigin(),
    app.siteSettings.read(),
  ]);
  const { primaryAlias: alias, name, kind } = repository;
  const target = shown && {
    address: `${host}/${alias}/${name}`,
    reference: { tag: shown.tag, digest: shown.digest },
    isPlainHttp,
  };
  const theme = new URL(request.url).searchParams.get('theme');
  const body = writeCard({
    fullName: `${alias}/${name}`,
    description: repository.description,
    publisherName: repository.publisherName,
    isVerified: repository.verification !== null,
    isDeprecated: repository.deprecation !== null,
    pullCommand: target && pullCommand(clientsOf(kind)[0] ?? 'docker', target),
    pulls: countOf(repository.pullCount, 'pull'),
    stars: repository.starCount > 0 ? countOf(repository.starCount, 'star') : '',
    pageUrl: origin + repositoryLink({ alias, name }),
    siteName: siteName(settings),
    theme: CARD_THEMES.find((candidate) => candidate === theme) ?? 'auto',
  });
  return answerCacheable(request, { body, headers: HEADERS });
}
