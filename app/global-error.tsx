'use client';

import './globals.css';
import ErrorPage from './error.tsx';

export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Vitrine</title>
        <ErrorPage error={error} />
      </body>
    </html>
  );
}
