import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInForm } from '#components/account/sign-in-form.tsx';
import { PasskeyButton } from '#components/factors/passkey-button.tsx';
import { CONSOLE, OIDC_SIGN_IN, SIGN_UP, withQuery } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { OIDC_REFUSALS } from '#lib/identity/schema.ts';
import { findRelyingParty } from '#lib/identity/passkeys/relying-party.ts';
import { safePath } from '../_lib/session/safe-path.ts';
import { getCaller } from '../_lib/session/session.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';
import { passkeyOptions, signIn, signInByPasskey } from './actions.ts';
import type { RawSearchParams } from '../_lib/search-params.ts';

export const metadata: Metadata = { title: 'Sign in', robots: { index: false } };

export default async function SignInPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const { callbackUrl, error } = await searchParams;
  const target = safePath(callbackUrl, CONSOLE);
  if (await getCaller()) redirect(target);
  const { config } = getApp();
  const { oidc } = config;
  const hasPasskeys = !('problem' in findRelyingParty(config));
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-4 text-xl font-semibold">Sign in</h1>
      {/* next-auth redirects here with an error code. The form reports its own errors. */}
      {error && (
        <div className="mb-4">
          <Notice tone="error">{describeSignInError(error)}</Notice>
        </div>
      )}
      <SignInForm action={signIn} callbackUrl={target} />
      {(hasPasskeys || oidc) && (
        <div className="mt-6 flex flex-col items-start gap-3 border-t border-line pt-6">
          {hasPasskeys && (
            <PasskeyButton action={signInByPasskey} callbackUrl={target} getOptions={passkeyOptions}>
              Sign in with a passkey
            </PasskeyButton>
          )}
          {oidc && (
            <a className="button" href={withQuery(OIDC_SIGN_IN, { callbackUrl: target })}>
              Continue with {oidc.name}
            </a>
          )}
        </div>
      )}
      <p className="mt-6 text-muted">
        {config.isSignUpOpen ? (
          <>
            No account?{' '}
            <a className="link" href={withQuery(SIGN_UP, { callbackUrl: target === CONSOLE ? null : target })}>
              Create one
            </a>
          </>
        ) : (
          'Sign-up is closed. Ask the operator of this site for an account.'
        )}
      </p>
    </SitePage>
  );
}

function describeSignInError(error: string | string[]): string {
  if (error === 'CredentialsSignin') return 'Incorrect email address or password.';
  const refusal = Object.entries(OIDC_REFUSALS).find(([name]) => name === error);
  return refusal?.[1] ?? 'Sign-in failed. Try again.';
}
