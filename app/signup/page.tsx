import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignUpForm } from '#components/account/sign-up-form.tsx';
import { CONSOLE, SIGN_IN, withQuery } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { safePath } from '../_lib/session/safe-path.ts';
import type { RawSearchParams } from '../_lib/search-params.ts';
import { getCaller } from '../_lib/session/session.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';
import { signUpAction } from './actions.ts';

export const metadata: Metadata = { title: 'Create an account', robots: { index: false } };

export default async function SignUpPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const target = safePath((await searchParams)['callbackUrl'], CONSOLE);
  if (await getCaller()) redirect(target);
  const signIn = (
    <a className="link" href={withQuery(SIGN_IN, { callbackUrl: target === CONSOLE ? null : target })}>
      Sign in
    </a>
  );
  if (!getApp().config.isSignUpOpen) {
    return (
      <SitePage isNarrow>
        <h1 className="mt-6 mb-2 text-xl font-semibold">Sign-up is closed</h1>
        <p className="text-muted">
          Ask the operator of this site for an account. Already have one? {signIn}. Pulling images needs no account.
        </p>
      </SitePage>
    );
  }
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-1 text-xl font-semibold">Create an account</h1>
      <p className="mb-4 text-muted">You need an account to publish, but not to search or pull.</p>
      <SignUpForm
        action={signUpAction}
        callbackUrl={target}
        isNameShown={getApp().config.publisherBranding === 'everyone'}
        isProvenByMail={getApp().config.smtp !== null}
      />
      <p className="mt-6 text-muted">Already have an account? {signIn}</p>
    </SitePage>
  );
}
