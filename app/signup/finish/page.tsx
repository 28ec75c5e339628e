import type { Metadata } from 'next';
import { FinishSignUpForm } from '#components/account/finish-sign-up-form.tsx';
import { SIGN_UP } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { findSignUp } from '#lib/identity/finish-sign-up.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { SitePage } from '../../_lib/site-page.tsx';
import { finish } from '../actions.ts';

/** The address holds a secret: it goes to no other site, and not into an index. */
export const metadata: Metadata = { title: 'Finish signing up', robots: { index: false }, referrer: 'same-origin' };

export default async function FinishSignUpPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  const found = secret ? await findSignUp(getApp(), { secret }) : null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Finish signing up</h1>
      {found ? (
        <>
          <p className="mb-4 text-muted">
            Your address <span className="font-semibold">{found.email}</span> is confirmed. Choose a password.
          </p>
          <FinishSignUpForm action={finish} displayName={found.displayName} email={found.email} secret={secret} />
        </>
      ) : (
        <p className="text-muted">
          This link was used before or has expired.{' '}
          <a className="link" href={SIGN_UP}>
            Ask for a new one
          </a>
        </p>
      )}
    </SitePage>
  );
}
