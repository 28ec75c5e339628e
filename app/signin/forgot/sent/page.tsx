import type { Metadata } from 'next';
import { FORGOT_PASSWORD } from '#components/links.ts';
import { RESET_TTL_MINUTES } from '#lib/identity/email/account-emails.ts';
import { CheckEmailPage } from '../../../_lib/frames/check-email-page.tsx';

export const metadata: Metadata = { title: 'Check your email', robots: { index: false } };

export default function ForgotPasswordSentPage() {
  return (
    <CheckEmailPage
      retryHref={FORGOT_PASSWORD}
      text={`We sent an email to the address you entered. Open its link within ${RESET_TTL_MINUTES} minutes to set a new password.`}
    />
  );
}
