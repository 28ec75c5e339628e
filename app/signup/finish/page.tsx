import type { Metadata } from 'next';
import { FinishSignUpForm } from '#components/account/finish-sign-up-form.tsx';
import { SpentLink } from '#components/account/spent-link.tsx';
import { TakeOverNotice } from '#components/account/take-over-notice.tsx';
import { SIGN_UP } from '#components/links.ts';
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
            <TakeOverNotice>
              An unconfirmed account already uses this address. It becomes yours, and its password, access tokens,
              members and invitations are removed. If it’s your account
            </TakeOverNotice>
          )}
          <FinishSignUpForm action={finish} displayName={found.displayName} email={found.email} secret={secret} />
        </>
      ) : (
        <SpentLink retryHref={SIGN_UP} />
      )}
    </SitePage>
  );
}
