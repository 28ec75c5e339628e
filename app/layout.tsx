import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { SearchHotkey } from '#components/site/search-hotkey.tsx';
import { parseTheme, THEME_COOKIE } from '#components/site/theme.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Vitrine: container gallery', template: '%s · Vitrine' },
  description: 'Find, share and pull public container images.',
};

export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** The build has no database, and every page carries a nonce of its own: nothing is made ahead of a request. */
export const dynamic = 'force-dynamic';

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html data-theme={theme} lang="en">
      <body>
        {children}
        <SearchHotkey />
      </body>
    </html>
  );
}
