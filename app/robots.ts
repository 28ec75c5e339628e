import type { MetadataRoute } from 'next';
import { SITEMAP } from '#components/links.ts';
import { absoluteUrl } from './_lib/repository/public-files.ts';

/** Only a running server knows the site's URL. */
export const dynamic = 'force-dynamic';

const FOR_OTHERS = ['/api/og/', '/api/badge/', '/api/feed/', '/api/oembed'];

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: '*',
      allow: ['/', ...FOR_OTHERS],
      disallow: ['/api/', '/console', '/signin', '/signup', '/search?'],
    },
    sitemap: absoluteUrl(SITEMAP),
  };
}
