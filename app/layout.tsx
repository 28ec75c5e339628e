import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { accentLink, OPEN_SEARCH } from '#components/links.ts';
import { parseTheme, THEME_COOKIE } from '#components/site/theme.ts';
import { getApp } from '#lib/app.ts';
import { siteDescription, siteName } from '#lib/site/schema.ts';
import { fontClasses } from './fonts.ts';
import './globals.css';

/** Not a constant, because only a running server knows the site's URL and name. */
export async function generateMetadata(): Promise<Metadata> {
  const { config, siteSettings } = getApp();
  const settings = await siteSettings.read();
  const name = siteName(settings);
  const description = siteDescription(settings);
  return {
    metadataBase: new URL(config.publicUrl),
    title: { default: settings.name || `${name}: container gallery`, template: `%s · ${name}` },
    description,
    applicationName: name,
    icons: { icon: { url: '/icon.svg', type: 'image/svg+xml', sizes: 'any' } },
    manifest: '/manifest.webmanifest',
    openGraph: { type: 'website', siteName: name, description },
  };
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** No static rendering, because the build has no database and every page needs its own nonce. */
export const dynamic = 'force-dynamic';

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const settings = await getApp().siteSettings.read();
  return (
    <html className={fontClasses} data-theme={theme} lang="en">
      <body>
        {/* React moves them into <head>. */}
        {settings.accent !== null && <link href={accentLink(settings.accent)} precedence="accent" rel="stylesheet" />}
        <link href={OPEN_SEARCH} rel="search" title={siteName(settings)} type="application/opensearchdescription+xml" />
        {children}
      </body>
    </html>
  );
}
