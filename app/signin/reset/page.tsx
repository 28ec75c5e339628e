import type { Metadata } from 'next';
import { ResetPasswordForm } from '#components/account/reset-password-form.tsx';
import { ACCOUNT, FORGOT_PASSWORD, signInLink } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { findReset } from '#lib/identity/password-reset/reset-password.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { reset } from '../actions.ts';

/** The URL contains a secret, so it must not leak to other sites or search engines. */
export const metadata: Metadata = { title: 'Set a new password', robots: { index: false }, referrer: 'same-origin' };

export default async function ResetPasswordPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  const found = secret ? await findReset(getApp(), { secret }) : null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Set a new password</h1>
      {found ? (
        <>
          <p className="mb-4 text-muted">
            For the account <span className="font-semibold break-words">{found.email}</span>. This link works once.
          </p>
          {found.isTakeOver && (
            <div className="mb-4">
              <Notice tone="warning">
                This account’s address was never confirmed. Setting a password confirms it, and removes the account’s
                access tokens, members and invitations. If you know the password,{' '}
                <a className="link" href={signInLink(ACCOUNT)}>
                  sign in and confirm the address there
                </a>{' '}
                instead.
              </Notice>
            </div>
          )}
          <ResetPasswordForm action={reset} email={found.email} isTakeOver={found.isTakeOver} secret={secret} />
        </>
      ) : (
        <p className="text-muted">
          This link was already used or has expired.{' '}
          <a className="link" href={FORGOT_PASSWORD}>
            Get a new link
          </a>
        </p>
      )}
    </SitePage>
  );
}
