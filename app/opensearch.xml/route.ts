// https://github.com/dewitt/opensearch: lets browsers offer the gallery as a search engine.
import { getApp } from '#lib/app.ts';
import { siteName } from '#lib/site/schema.ts';
import { cleanText, escapeXml } from '#lib/api/feeds/clean-text.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { absoluteUrl } from '../_lib/repository/public-files.ts';

/** The specification's limit. */
const MAX_SHORT_NAME = 16;

export async function GET(request: Request): Promise<Response> {
  const name = siteName(await getApp().siteSettings.read());
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>${escapeXml(cleanText(name, MAX_SHORT_NAME))}</ShortName>
<LongName>${escapeXml(cleanText(`${name} container images`, 48))}</LongName>
<Description>Find public container images</Description>
<InputEncoding>UTF-8</InputEncoding>
<Image width="16" height="16" type="image/svg+xml">${escapeXml(absoluteUrl('/icon.svg'))}</Image>
<Url type="text/html" template="${escapeXml(absoluteUrl('/search'))}?q={searchTerms}"/>
</OpenSearchDescription>
`;
  return answerCacheable(request, {
    body,
    headers: {
      'Content-Type': 'application/opensearchdescription+xml; charset=utf-8',
      'Cache-Control': 'public, max-age=3600',
    },
  });
}
