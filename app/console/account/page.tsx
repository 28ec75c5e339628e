import type { Metadata } from 'next';
import { AskProofForm } from '#components/account/ask-proof-form.tsx';
import { EmailForm } from '#components/account/email-form.tsx';
import { SessionList } from '#components/account/session-list.tsx';
import { PasswordForm } from '#components/account/password-form.tsx';
import { ProfileForm } from '#components/account/profile-form.tsx';
import { ACCOUNT, SECURITY } from '#components/links.ts';
import { countOf } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { FRESH_SIGN_IN_MINUTES } from '#lib/identity/accounts/confirm-identity.ts';
import { readFactors, type FactorsView } from '#lib/identity/factors/factor-queries.ts';
import { describeSignIn, listSessions } from '#lib/identity/sessions/queries.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { getSessionId, requireCaller } from '../../_lib/session/session.ts';
import {
  askProof,
  revokeOtherSessionsAction,
  revokeSessionAction,
  saveEmail,
  saveProfile,
  setPassword,
} from './actions.ts';

export const metadata: Metadata = { title: 'Account', robots: { index: false } };

export default async function AccountPage() {
  const caller = await requireCaller(ACCOUNT);
  const { userId, displayName, email } = caller.principal;
  const [{ isPasswordSet, isEmailProven }, sessions, sessionId, factors] = await Promise.all([
    describeSignIn(getApp(), { userId }),
    listSessions(getApp(), { userId }),
    getSessionId(),
    readFactors(getApp(), { userId }),
  ]);
  return (
    <ConsolePage at={ACCOUNT} caller={caller}>
      <h1 className="sr-only">Account</h1>
      {!isEmailProven && (
        <div className="mb-8 max-w-4xl">
          <Notice tone="warning">
            <p>
              Your email address isn’t confirmed. Until it is, we don’t send mail to it, and anyone who proves they own
              it can take over this account.
              {!getApp().mailer && ' This site doesn’t send email. Ask an admin to confirm it.'}
            </p>
            {getApp().mailer && <AskProofForm action={askProof} email={email} />}
          </Notice>
        </div>
      )}
      <div className="grid max-w-4xl gap-10 md:grid-cols-2">
        <div className="flex flex-col gap-10">
          <section>
            <h2 className="mb-3 text-lg font-semibold">Profile</h2>
            <ProfileForm action={saveProfile} displayName={displayName} />
          </section>
          <section>
            <h2 className="mb-3 text-lg font-semibold">Email address</h2>
            <EmailForm action={saveEmail} email={email} isPasswordSet={isPasswordSet} />
          </section>
        </div>
        <section>
          <h2 className="mb-3 text-lg font-semibold">{isPasswordSet ? 'Change password' : 'Set a password'}</h2>
          {!isPasswordSet && (
            <p className="mb-3 text-sm text-muted">
              To set a password or change your address, you must have signed in within the last {FRESH_SIGN_IN_MINUTES}{' '}
              minutes.
            </p>
          )}
          <PasswordForm action={setPassword} isPasswordSet={isPasswordSet} />
        </section>
      </div>
      <section className="mt-10 flex max-w-4xl flex-col items-start gap-3">
        <h2 className="text-lg font-semibold">Passkeys and second factors</h2>
        <p>{describeFactors(factors)}</p>
        <a className="button" href={SECURITY}>
          Manage passkeys and second factors
        </a>
      </section>
      <section className="mt-10 max-w-4xl">
        <h2 className="mb-3 text-lg font-semibold">Sessions</h2>
        <SessionList
          currentId={sessionId}
          revoke={revokeSessionAction}
          revokeOthers={revokeOtherSessionsAction}
          sessions={sessions}
        />
      </section>
    </ConsolePage>
  );
}

function describeFactors({ passkeys, totpSince, recoveryCodesLeft }: FactorsView): string {
  const factors = [
    ...(passkeys.length > 0 ? [countOf(passkeys.length, 'passkey')] : []),
    ...(totpSince ? ['an authenticator app'] : []),
  ];
  if (factors.length === 0) return 'None. Your password alone signs in to your account.';
  return `You have ${factors.join(' and ')}, and ${countOf(recoveryCodesLeft, 'recovery code')} left.`;
}
