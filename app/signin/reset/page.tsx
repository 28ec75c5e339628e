import type { Metadata } from 'next';
import { ResetPasswordForm } from '#components/account/reset-password-form.tsx';
import { SpentLink } from '#components/account/spent-link.tsx';
import { TakeOverNotice } from '#components/account/take-over-notice.tsx';
import { FORGOT_PASSWORD } from '#components/links.ts';
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
            <TakeOverNotice>
              This account’s address was never confirmed. Setting a password confirms it, and removes the account’s
              access tokens, members and invitations. If you know the password
            </TakeOverNotice>
          )}
          <ResetPasswordForm action={reset} email={found.email} isTakeOver={found.isTakeOver} secret={secret} />
        </>
      ) : (
        <SpentLink retryHref={FORGOT_PASSWORD} />
      )}
    </SitePage>
  );
}
