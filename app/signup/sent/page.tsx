import type { Metadata } from 'next';
import { SIGN_UP } from '#components/links.ts';
import { CheckEmailPage } from '../../_lib/frames/check-email-page.tsx';

export const metadata: Metadata = { title: 'Check your email', robots: { index: false } };

export default function SignUpSentPage() {
  return (
    <CheckEmailPage
      retryHref={SIGN_UP}
      text="We sent a link to the address you entered. Open it within 24 hours to choose a password and create your account."
    />
  );
}
