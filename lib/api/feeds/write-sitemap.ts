// https://www.sitemaps.org/protocol.html
import { escapeXml } from './clean-text.ts';

const NAMESPACE = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

export type SitemapEntry = { url: string; lastModified: Date | null };

export function writeSitemap(entries: SitemapEntry[]): string {
  const rows = entries.map(({ url, lastModified }) => {
    const changed = lastModified ? `<lastmod>${lastModified.toISOString()}</lastmod>` : '';
    return `<url><loc>${escapeXml(url)}</loc>${changed}</url>\n`;
  });
  return `${HEAD}<urlset xmlns="${NAMESPACE}">\n${rows.join('')}</urlset>\n`;
}

export function writeSitemapIndex(urls: string[]): string {
  const rows = urls.map((url) => `<sitemap><loc>${escapeXml(url)}</loc></sitemap>\n`);
  return `${HEAD}<sitemapindex xmlns="${NAMESPACE}">\n${rows.join('')}</sitemapindex>\n`;
}
