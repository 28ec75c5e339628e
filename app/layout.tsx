import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { OPEN_SEARCH } from '#components/links.ts';
import { parseTheme, THEME_COOKIE } from '#components/site/theme.ts';
import { getApp } from '#lib/app.ts';
import { fontClasses } from './fonts.ts';
import './globals.css';

const DESCRIPTION = 'Find, share and pull public container images.';

/** Not a constant, because only a running server knows the site's URL. */
export function generateMetadata(): Metadata {
  return {
    metadataBase: new URL(getApp().config.publicUrl),
    title: { default: 'Vitrine: container gallery', template: '%s · Vitrine' },
    description: DESCRIPTION,
    icons: { icon: { url: '/icon.svg', type: 'image/svg+xml', sizes: 'any' } },
    manifest: '/manifest.webmanifest',
    openGraph: { type: 'website', siteName: 'Vitrine', description: DESCRIPTION },
  };
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** No static rendering, because the build has no database and every page needs its own nonce. */
export const dynamic = 'force-dynamic';

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html className={fontClasses} data-theme={theme} lang="en">
      <body>
        {/* React moves it into <head>. */}
        <link href={OPEN_SEARCH} rel="search" title="Vitrine" type="application/opensearchdescription+xml" />
        {children}
      </body>
    </html>
  );
}
