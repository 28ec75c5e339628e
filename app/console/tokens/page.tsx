import type { Metadata } from 'next';
import { CreateTokenForm } from '#components/account/create-token-form.tsx';
import { TokenTable } from '#components/account/token-table.tsx';
import { TOKENS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { listAccessTokens } from '#lib/identity/sessions/queries.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createToken, revokeToken } from './actions.ts';

export const metadata: Metadata = { title: 'Access tokens', robots: { index: false } };

export default async function TokensPage() {
  const caller = await requireCaller(TOKENS);
  const tokens = await listAccessTokens(getApp(), { userId: caller.principal.userId });
  const { host } = await getPullAddress();
  return (
    <ConsolePage at={TOKENS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Access tokens</h1>
      <p className="mb-6 max-w-2xl text-muted">
        Docker and other clients sign in with an access token instead of your password. A token never grants more access
        than you have.
      </p>
      <CreateTokenForm action={createToken} host={host} userName={caller.principal.email} />
      <h2 className="mt-10 mb-3 text-lg font-semibold">Your tokens</h2>
      {tokens.length === 0 ? (
        <p className="text-muted">No access tokens yet.</p>
      ) : (
        <TokenTable revoke={revokeToken} tokens={tokens} />
      )}
    </ConsolePage>
  );
}
