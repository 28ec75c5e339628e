import type { Metadata } from 'next';
import { MailedLinkForm } from '#components/account/mailed-link-form.tsx';
import { CONSOLE, withQuery } from '#components/links.ts';
import { wordRole } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { findInvitation } from '#lib/publishers/members/member-queries.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { acceptInvitationAction } from './actions.ts';

/** The URL contains a secret, so it must not leak to other sites or search engines. */
export const metadata: Metadata = { title: 'Invitation', robots: { index: false }, referrer: 'same-origin' };

export default async function InvitationPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  const caller = await requireCaller(withQuery('/console/invitation', { secret }));
  const invitation = secret ? await findInvitation(getApp(), { secret }) : null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Invitation</h1>
      {invitation ? (
        <>
          <p className="mb-4">
            Join <span className="font-semibold">{invitation.publisher}</span> (
            <span className="font-mono">{invitation.alias}</span>) as {wordRole(invitation.role)}, with the account{' '}
            {caller.principal.email}.
          </p>
          <MailedLinkForm action={acceptInvitationAction} secret={secret}>
            Accept invitation
          </MailedLinkForm>
        </>
      ) : (
        <p className="text-muted">
          This invitation was used, revoked or has expired. Ask for a new one.{' '}
          <a className="link" href={CONSOLE}>
            Go to the console
          </a>
        </p>
      )}
    </SitePage>
  );
}
