import type { Metadata } from 'next';
import { AddPasskeyForm } from '#components/factors/add-passkey-form.tsx';
import { PasskeyList } from '#components/factors/passkey-list.tsx';
import { RecoveryCodesForm } from '#components/factors/recovery-codes-form.tsx';
import { ButtonForm, ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { SubmitButton } from '#components/forms/submit-button.tsx';
import { ACCOUNT, OIDC_SIGN_IN, SECURITY, withQuery } from '#components/links.ts';
import { clientName } from '#components/ui/client-name.ts';
import { Notice } from '#components/ui/notice.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { FRESH_SIGN_IN_MINUTES } from '#lib/identity/accounts/confirm-identity.ts';
import { isSignInRecent } from '#lib/identity/factors/change-factors.ts';
import { readFactors } from '#lib/identity/factors/factor-queries.ts';
import { RECOVERY_CODES } from '#lib/identity/factors/recovery-codes.ts';
import { findRelyingParty } from '#lib/identity/passkeys/relying-party.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../../_lib/session/session.ts';
import {
  addPasskeyAction,
  newPasskeyOptions,
  removePasskeyAction,
  removeTotpAction,
  renamePasskeyAction,
  renewRecoveryCodesAction,
  signInAgain,
  startTotpAction,
} from './actions.ts';

export const metadata: Metadata = { title: 'Passkeys and second factors', robots: { index: false } };

export default async function SecurityPage() {
  const caller = await requireCaller(SECURITY);
  const { config } = getApp();
  const [{ passkeys, totpSince, recoveryCodesLeft }, isRecent] = await Promise.all([
    readFactors(getApp(), caller.principal),
    isSignInRecent(getApp(), caller),
  ]);
  const party = findRelyingParty(config);
  const site = new URL(config.publicUrl).host;
  const hasFactor = passkeys.length > 0 || totpSince !== null;
  return (
    <ConsolePage at={ACCOUNT} caller={caller}>
      <div className="flex max-w-2xl flex-col gap-10">
        <header>
          <h1 className="mb-2 text-xl font-semibold">Passkeys and second factors</h1>
          <p className="text-muted">
            With one of these, a stolen password isn’t enough to sign in to your account. Access tokens keep working.
          </p>
        </header>
        {!isRecent && (
          <Notice tone="warning">
            <p className="mb-2">
              To change these, sign in again. You signed in over {FRESH_SIGN_IN_MINUTES} minutes ago.
            </p>
            <form action={signInAgain}>
              <SubmitButton isSmall tone="plain">
                Sign in again
              </SubmitButton>
            </form>
          </Notice>
        )}
        <section className="flex flex-col gap-3">
          <h2 className="text-lg font-semibold">Passkeys</h2>
          <p className="text-muted">Sign in with your fingerprint, face, PIN or security key instead of a password.</p>
          {passkeys.length > 0 && (
            <PasskeyList
              passkeys={passkeys}
              remove={isRecent ? (id) => removePasskeyAction.bind(null, id) : null}
              rename={(id) => renamePasskeyAction.bind(null, id)}
            />
          )}
          {'problem' in party ? (
            <p className="text-muted">{party.problem}</p>
          ) : (
            isRecent && (
              <AddPasskeyForm
                action={addPasskeyAction}
                getOptions={newPasskeyOptions}
                site={site}
                suggestedName={clientName(caller.context.userAgent ?? '').slice(0, 60)}
              />
            )
          )}
        </section>
        <section className="flex flex-col gap-3">
          <h2 className="text-lg font-semibold">Authenticator app</h2>
          {totpSince ? (
            <>
              <p>
                On since <TimeAgo date={totpSince} />. Sign-ins by password ask for a code.
              </p>
              {isRecent && (
                <ConfirmedButtonForm action={removeTotpAction} button="Remove authenticator app" summary="Remove" />
              )}
            </>
          ) : (
            <>
              <p className="text-muted">An app on your phone shows a code that changes every 30 seconds.</p>
              {isRecent && <ButtonForm action={startTotpAction} button="Set up an app" isSmall={false} />}
            </>
          )}
        </section>
        {hasFactor && (
          <section className="flex flex-col gap-3">
            <h2 className="text-lg font-semibold">Recovery codes</h2>
            <p>
              {recoveryCodesLeft === 0
                ? 'No codes are left.'
                : `${recoveryCodesLeft} of ${RECOVERY_CODES} codes are left.`}{' '}
              Each signs you in once if you lose your device. New codes replace the old ones.
            </p>
            {isRecent && <RecoveryCodesForm action={renewRecoveryCodesAction} site={site} />}
          </section>
        )}
        {config.oidc && isRecent && (
          <section className="flex flex-col items-start gap-3">
            <h2 className="text-lg font-semibold">Single sign-on</h2>
            <p className="text-muted">Link your account at {config.oidc.name}, so that you can sign in with it.</p>
            <a className="button" href={withQuery(OIDC_SIGN_IN, { callbackUrl: SECURITY })}>
              Continue with {config.oidc.name}
            </a>
          </section>
        )}
      </div>
    </ConsolePage>
  );
}
