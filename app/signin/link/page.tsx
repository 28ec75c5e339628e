import type { Metadata } from 'next';
import { MailedLinkForm } from '#components/account/mailed-link-form.tsx';
import { SIGN_IN } from '#components/links.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { redeemLink } from '../actions.ts';

/** The address holds a secret: it goes to no other site, and not into an index. */
export const metadata: Metadata = {
  title: 'Sign in by link',
  robots: { index: false },
  referrer: 'same-origin',
};

export default async function SignInLinkPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const secret = textParam(await searchParams, 'secret');
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Sign in by link</h1>
      {secret ? (
        <>
          <p className="mb-4 text-muted">This link signs you in once. Set a password right after it.</p>
          <MailedLinkForm action={redeemLink} secret={secret}>
            Sign in
          </MailedLinkForm>
        </>
      ) : (
        <p className="text-muted">
          This address lacks its secret: copy the whole link, or{' '}
          <a className="link" href={SIGN_IN}>
            sign in with a password
          </a>
          .
        </p>
      )}
    </SitePage>
  );
}
