'use client';

import { HOME } from '#components/links.ts';
import { Logo } from '#components/site/logo.tsx';

type ErrorPageProps = { error: Error & { digest?: string } };

/**
 * Shown for unexpected errors after the first byte. Earlier failures are answered by
 * lib/platform/http/pages/failed-page.ts, because Next renders this page with JavaScript only.
 */
export default function ErrorPage({ error }: ErrorPageProps) {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <span className="text-accent">
        <Logo size={28} />
      </span>
      <h1 className="mt-3 text-xl font-semibold">Something went wrong on our side</h1>
      <p className="mt-2 text-muted">
        Reload the page. If the problem persists, contact the operator of this site
        {error.digest && (
          <>
            {' '}
            and include this number: <code className="font-mono text-ink">{error.digest}</code>
          </>
        )}
        .
      </p>
      <p className="mt-6">
        <a className="button" href={HOME}>
          Go to the gallery
        </a>
      </p>
    </main>
  );
}
