import type { Metadata } from 'next';
import { ForgotPasswordForm } from '#components/account/forgot-password-form.tsx';
import { SIGN_IN } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { requestReset } from '../actions.ts';

export const metadata: Metadata = { title: 'Reset your password', robots: { index: false } };

export default function ForgotPasswordPage() {
  const hasMail = getApp().mailer !== null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Reset your password</h1>
      {hasMail ? (
        <>
          <p className="mb-4 text-muted">
            Enter your account’s email address. We send you a link to set a new password.
          </p>
          <ForgotPasswordForm action={requestReset} />
        </>
      ) : (
        <p className="mb-4">
          This site doesn’t send email. Ask an admin for a reset link. They create one on the page of your account, or
          with <code className="font-mono text-sm">vitrine user reset-link</code>.
        </p>
      )}
      <p className="mt-6 text-muted">
        Remember it?{' '}
        <a className="link" href={SIGN_IN}>
          Sign in
        </a>
      </p>
    </SitePage>
  );
}
