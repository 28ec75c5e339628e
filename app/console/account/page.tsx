import type { Metadata } from 'next';
import { SessionList } from '#components/account/session-list.tsx';
import { PasswordForm } from '#components/account/password-form.tsx';
import { ProfileForm } from '#components/account/profile-form.tsx';
import { ACCOUNT } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { hasPassword, listSessions } from '#lib/identity/queries.ts';
import { ConsolePage } from '../../_lib/console-page.tsx';
import { getSessionId, requireCaller } from '../../_lib/session.ts';
import { revokeSessionAction, saveProfile, setPassword } from './actions.ts';

export const metadata: Metadata = { title: 'Account', robots: { index: false } };

export default async function AccountPage() {
  const caller = await requireCaller(ACCOUNT);
  const { userId, displayName, email } = caller.actor;
  const [isPasswordSet, sessions, sessionId] = await Promise.all([
    hasPassword(getApp(), { userId }),
    listSessions(getApp(), { userId }),
    getSessionId(),
  ]);
  return (
    <ConsolePage at={ACCOUNT} caller={caller}>
      <h1 className="sr-only">Account</h1>
      <div className="grid max-w-4xl gap-10 md:grid-cols-2">
        <section>
          <h2 className="mb-3 text-lg font-semibold">Profile</h2>
          <ProfileForm action={saveProfile} displayName={displayName} email={email} />
        </section>
        <section>
          <h2 className="mb-3 text-lg font-semibold">{isPasswordSet ? 'Change the password' : 'Set a password'}</h2>
          <PasswordForm action={setPassword} isPasswordSet={isPasswordSet} />
        </section>
      </div>
      <section className="mt-10 max-w-4xl">
        <h2 className="mb-3 text-lg font-semibold">Signed in</h2>
        <SessionList currentId={sessionId} revoke={revokeSessionAction} sessions={sessions} />
      </section>
    </ConsolePage>
  );
}
