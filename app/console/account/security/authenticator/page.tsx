import type { Metadata } from 'next';
import { QrCode } from '#components/factors/qr-code.tsx';
import { TotpForm } from '#components/factors/totp-form.tsx';
import { ACCOUNT, AUTHENTICATOR, SECURITY } from '#components/links.ts';
import { CodeLine } from '#components/ui/code-line.tsx';
import { getApp } from '#lib/app.ts';
import { findTotpSetup } from '#lib/identity/factors/set-up-totp.ts';
import { ConsolePage } from '../../../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../../../_lib/session/session.ts';
import { confirmTotpAction } from '../actions.ts';

export const metadata: Metadata = { title: 'Set up an authenticator app', robots: { index: false } };

export default async function AuthenticatorPage() {
  const caller = await requireCaller(AUTHENTICATOR);
  const setup = await findTotpSetup(getApp(), { caller });
  const site = new URL(getApp().config.publicUrl).host;
  return (
    <ConsolePage at={ACCOUNT} caller={caller}>
      <div className="max-w-2xl">
        <h1 className="mb-4 text-xl font-semibold">Set up an authenticator app</h1>
        {/* Also rendered after the set-up, because it then shows the recovery codes without JavaScript. */}
        <TotpForm action={confirmTotpAction} isOpen={setup !== null} site={site}>
          {setup ? (
            <ol className="flex list-decimal flex-col gap-4 pl-5">
              <li>
                <p className="mb-2">Scan this code with an authenticator app on your phone.</p>
                <QrCode label="QR code for an authenticator app" text={setup.url} />
              </li>
              <li>
                <p className="mb-2">If you can’t scan it, enter this key in the app.</p>
                <CodeLine code={setup.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')} label="Copy key" />
              </li>
              <li>Enter the code that the app shows.</li>
            </ol>
          ) : (
            <p className="text-muted">
              You haven’t started the set-up.{' '}
              <a className="link" href={SECURITY}>
                Start
              </a>
            </p>
          )}
        </TotpForm>
      </div>
    </ConsolePage>
  );
}
