import type { Metadata } from 'next';
import { FinishSignUpForm } from '#components/account/finish-sign-up-form.tsx';
import { ACCOUNT, SIGN_UP, signInLink } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { findSignUp } from '#lib/identity/sign-up/finish-sign-up.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { finish } from '../actions.ts';

/** The URL contains a secret, so it must not leak to other sites or search engines. */
export const metadata: Metadata = { title: 'Finish sign-up', robots: { index: false }, referrer: 'same-origin' };

export default async function FinishSignUpPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  const found = secret ? await findSignUp(getApp(), { secret }) : null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Finish sign-up</h1>
      {found ? (
        <>
          <p className="mb-4 text-muted">
            Your address <span className="font-semibold">{found.email}</span> is confirmed. Choose a password.
          </p>
          {found.isTakeOver && (
            <div className="mb-4">
              <Notice tone="warning">
                An unconfirmed account already uses this address. It becomes yours, and its password, access tokens,
                members and invitations are removed. If it’s your account,{' '}
                <a className="link" href={signInLink(ACCOUNT)}>
                  sign in and confirm the address there
                </a>{' '}
                instead.
              </Notice>
            </div>
          )}
          <FinishSignUpForm action={finish} displayName={found.displayName} email={found.email} secret={secret} />
        </>
      ) : (
        <p className="text-muted">
          This link was already used or has expired.{' '}
          <a className="link" href={SIGN_UP}>
            Get a new link
          </a>
        </p>
      )}
    </SitePage>
  );
}
