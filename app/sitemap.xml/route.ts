// `/sitemap.xml` lists its pages, `/sitemap.xml?page=1` the repositories of one.
import { repositoryLink, SITEMAP, withQuery } from '#components/links.ts';
import { writeSitemap, writeSitemapIndex } from '#lib/api/feeds/write-sitemap.ts';
import { getApp } from '#lib/app.ts';
import { countGalleryRepositories, listGalleryAddresses } from '#lib/gallery/sitemap-queries.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { absoluteUrl, answerFileMissing } from '../_lib/repository/public-files.ts';

/** The protocol allows 50,000 URLs, which would block the event loop. */
const PAGE_SIZE = 1_000;
const HEADERS = { 'Content-Type': 'application/xml; charset=utf-8', 'Cache-Control': 'public, max-age=3600' };

export async function GET(request: Request): Promise<Response> {
  const asked = new URL(request.url).searchParams.get('page');
  const pageCount = Math.max(1, Math.ceil((await countGalleryRepositories(getApp())) / PAGE_SIZE));
  if (asked === null) {
    const urls = Array.from({ length: pageCount }, (_, i) => absoluteUrl(withQuery(SITEMAP, { page: i + 1 })));
    return answerCacheable(request, { body: writeSitemapIndex(urls), headers: HEADERS });
  }
  const page = /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 0;
  if (page < 1 || page > pageCount) return answerFileMissing('page');
  const addresses = await listGalleryAddresses(getApp(), { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE });
  const entries = addresses.map(({ alias, name, pushedAt }) => {
    return { url: absoluteUrl(repositoryLink({ alias, name })), lastModified: pushedAt };
  });
  return answerCacheable(request, { body: writeSitemap(entries), headers: HEADERS });
}
