import type { Metadata } from 'next';
import { MailedLinkForm } from '#components/account/mailed-link-form.tsx';
import { SIGN_IN } from '#components/links.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { redeemLink } from '../actions.ts';

/** The URL contains a secret, so it must not leak to other sites or search engines. */
export const metadata: Metadata = {
  title: 'Sign in with a link',
  robots: { index: false },
  referrer: 'same-origin',
};

export default async function SignInLinkPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Sign in with a link</h1>
      {secret ? (
        <>
          <p className="mb-4 text-muted">This link works once. After signing in, set a password.</p>
          <MailedLinkForm action={redeemLink} secret={secret}>
            Sign in
          </MailedLinkForm>
        </>
      ) : (
        <p className="text-muted">
          This link is incomplete. Copy the whole link, or{' '}
          <a className="link" href={SIGN_IN}>
            sign in with a password
          </a>
          .
        </p>
      )}
    </SitePage>
  );
}
