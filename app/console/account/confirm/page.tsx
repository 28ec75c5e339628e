import type { Metadata } from 'next';
import { MailedLinkForm } from '#components/account/mailed-link-form.tsx';
import { ACCOUNT, withQuery } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { findEmailProof } from '#lib/identity/email/prove-email.ts';
import { textParam, type RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import { SitePage } from '../../../_lib/frames/site-page.tsx';
import { confirmEmail } from '../actions.ts';

/** The URL contains a secret, so it must not leak to other sites or search engines. */
export const metadata: Metadata = { title: 'Confirm your address', robots: { index: false }, referrer: 'same-origin' };

export default async function ConfirmEmailPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  const caller = await requireCaller(withQuery(`${ACCOUNT}/confirm`, { secret }));
  const proof = secret ? await findEmailProof(getApp(), { caller, secret }) : null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Confirm your address</h1>
      {proof ? (
        <>
          <p className="mb-4">
            The account <bdi className="font-semibold">{caller.principal.displayName}</bdi> will use{' '}
            <span className="font-semibold">{proof.email}</span>. Confirm only if this is your account.
          </p>
          <MailedLinkForm action={confirmEmail} secret={secret}>
            Confirm address
          </MailedLinkForm>
        </>
      ) : (
        <p className="text-muted">
          This link was already used, has expired, or belongs to an account other than {caller.principal.email}.{' '}
          <a className="link" href={ACCOUNT}>
            Go to your account
          </a>
        </p>
      )}
    </SitePage>
  );
}
