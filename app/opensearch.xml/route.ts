// https://github.com/dewitt/opensearch: lets browsers offer the gallery as a search engine.
import { escapeXml } from '#lib/api/feeds/clean-text.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { absoluteUrl } from '../_lib/repository/public-files.ts';

export function GET(request: Request): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Vitrine</ShortName>
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
      'Cache-Control': 'public, max-age=86400',
    },
  });
}
