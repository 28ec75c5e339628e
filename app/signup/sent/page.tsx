import type { Metadata } from 'next';
import { SIGN_UP } from '#components/links.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Check your email', robots: { index: false } };

/** The same page for unused and used addresses, so as not to reveal accounts. */
export default function SignUpSentPage() {
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Check your email</h1>
      <p className="mb-4">
        We sent a link to the address you entered. Open it within 24 hours to choose a password and create your account.
      </p>
      <p className="text-muted">
        No email? Check your spam folder, or{' '}
        <a className="link" href={SIGN_UP}>
          get another link
        </a>
        .
      </p>
    </SitePage>
  );
}
