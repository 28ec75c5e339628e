import type { Metadata } from 'next';
import { SIGN_UP } from '#components/links.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Check your mail', robots: { index: false } };

/** The same for a free address and a taken one. */
export default function SignUpSentPage() {
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Check your mail</h1>
      <p className="mb-4">
        We sent a mail to the address you entered. Open the link in it within 24 hours to choose a password and create
        your account.
      </p>
      <p className="text-muted">
        No mail? Look in the spam folder, or{' '}
        <a className="link" href={SIGN_UP}>
          ask for another one
        </a>
        .
      </p>
    </SitePage>
  );
}
