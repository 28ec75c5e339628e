import type { Metadata } from 'next';
import { FORGOT_PASSWORD } from '#components/links.ts';
import { RESET_TTL_MINUTES } from '#lib/identity/email/account-emails.ts';
import { SitePage } from '../../../_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Check your email', robots: { index: false } };

/** The same page for unused and used addresses, so as not to reveal accounts. */
export default function ForgotPasswordSentPage() {
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Check your email</h1>
      <p className="mb-4">
        We sent an email to the address you entered. Open its link within {RESET_TTL_MINUTES} minutes to set a new
        password.
      </p>
      <p className="text-muted">
        No email? Check your spam folder, or{' '}
        <a className="link" href={FORGOT_PASSWORD}>
          request another link
        </a>
        .
      </p>
    </SitePage>
  );
}
