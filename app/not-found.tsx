import type { Metadata } from 'next';
import { HOME } from '#components/links.ts';
import { SearchField } from '#components/site/search-field.tsx';
import { SitePage } from './_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <SitePage hasSearch={false}>
      <div className="mx-auto max-w-xl py-12">
        <p className="font-mono text-sm text-muted">404</p>
        <h1 className="mt-1 text-xl font-semibold">Page not found</h1>
        <p className="mt-2 mb-6 text-muted">
          The page, publisher or repository doesn’t exist, was removed or isn’t public. Search for it, or{' '}
          <a className="link" href={HOME}>
            go to the gallery
          </a>
          .
        </p>
        <SearchField isLarge />
      </div>
    </SitePage>
  );
}
