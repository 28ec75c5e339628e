import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { PasskeyButton } from '#components/factors/passkey-button.tsx';
import { SecondFactorForm } from '#components/factors/second-factor-form.tsx';
import { CONSOLE, SECOND_FACTOR, signInLink, withQuery } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { findPendingSignIn } from '#lib/identity/factors/finish-sign-in.ts';
import { findRelyingParty } from '#lib/identity/passkeys/relying-party.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { getPendingSecret } from '../../_lib/session/pending-sign-in.ts';
import { safePath } from '../../_lib/session/safe-path.ts';
import { confirmSignIn, secondFactorOptions } from './actions.ts';

export const metadata: Metadata = { title: 'Confirm your sign-in', robots: { index: false } };

export default async function SecondFactorPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const { callbackUrl, use } = await searchParams;
  const target = safePath(callbackUrl, CONSOLE);
  const secret = await getPendingSecret();
  const pending = secret ? await findPendingSignIn(getApp(), { secret }) : null;
  if (!pending) redirect(signInLink(target));
  const hasTotp = pending.kinds.includes('totp');
  const hasPasskey = pending.kinds.includes('passkey') && !('problem' in findRelyingParty(getApp().config));
  const usesRecovery = use === 'recovery-code' || !(hasTotp || hasPasskey);
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Confirm your sign-in</h1>
      <p className="mb-4 text-muted">
        {usesRecovery ? (
          <>
            Enter a recovery code for <span className="break-words">{pending.email}</span>. Each works once.
          </>
        ) : (
          <>
            <span className="break-words">{pending.email}</span> has a second factor.
          </>
        )}
      </p>
      {usesRecovery ? (
        <SecondFactorForm action={confirmSignIn} callbackUrl={target} kind="recovery_code" />
      ) : (
        <>
          {hasPasskey && (
            <PasskeyButton action={confirmSignIn} callbackUrl={target} getOptions={secondFactorOptions}>
              Use a passkey
            </PasskeyButton>
          )}
          {hasTotp && hasPasskey && <p className="my-4 border-t border-line pt-4 text-muted">Or use your app:</p>}
          {hasTotp && <SecondFactorForm action={confirmSignIn} callbackUrl={target} kind="totp" />}
        </>
      )}
      <p className="mt-6 text-muted">
        {usesRecovery ? (
          <>
            No codes left? Ask an admin to remove your second factors.{' '}
            {(hasTotp || hasPasskey) && (
              <a className="link" href={withQuery(SECOND_FACTOR, { callbackUrl: target })}>
                Use another way
              </a>
            )}
          </>
        ) : (
          <>
            Lost your device?{' '}
            <a className="link" href={withQuery(SECOND_FACTOR, { callbackUrl: target, use: 'recovery-code' })}>
              Use a recovery code
            </a>
          </>
        )}
      </p>
    </SitePage>
  );
}
