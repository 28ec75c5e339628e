import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { FormerNames, IncomingTransfers, OutgoingTransfers } from '#components/console/transfer-list.tsx';
import { TRANSFERS } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getApp } from '#lib/app.ts';
import { listFormerNames, listTransfers } from '#lib/repositories/moves/move-queries.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { listViewedRegistries } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../_lib/session/session.ts';
import {
  acceptTransferAction,
  declineTransferAction,
  endRedirectAction,
  withdrawTransferAction,
} from '../repositories/move-actions.ts';

export const metadata: Metadata = { title: 'Transfers', robots: { index: false } };

const MAX_SHOWN = 200;

export default async function TransfersPage() {
  const caller = await requireCaller(TRANSFERS);
  const registries = await listViewedRegistries(caller);
  return (
    <ConsolePage at={TRANSFERS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Transfers</h1>
      <p className="mb-6 max-w-2xl text-muted">
        Repositories on their way between registries, and the former names of those that were renamed or transferred.
      </p>
      <div className="flex flex-col gap-12">
        {registries.map((registry) => (
          <RegistryMoves caller={caller} key={registry.registryId} registry={registry} />
        ))}
      </div>
    </ConsolePage>
  );
}

async function RegistryMoves({ caller, registry }: { caller: UserCaller; registry: RegistryView }) {
  const app = getApp();
  const { id: registryKey, primaryAlias: alias } = registry;
  const [{ incoming, outgoing }, names] = await Promise.all([
    listTransfers(app, { registryKey }),
    listFormerNames(app, { registryKey, limit: MAX_SHOWN }),
  ]);
  const can = (action: 'vitrine:TransferRepository' | 'vitrine:RenameRepository') =>
    isAllowed({ ...caller, action, membership: registry, facts: { fullName: `${alias}/NAME` } });
  const isOwner = can('vitrine:TransferRepository');
  const isEmpty = incoming.length + outgoing.length + names.length === 0;
  return (
    <section aria-labelledby={`moves-${alias}`} className="max-w-3xl">
      <h2 className="mb-3 font-mono text-lg font-semibold" id={`moves-${alias}`}>
        {alias}
      </h2>
      {isEmpty && (
        <EmptyState title="No transfers or former names">
          <p>A repository’s Danger zone renames it or offers it to another registry.</p>
        </EmptyState>
      )}
      <div className="flex flex-col gap-8">
        {incoming.length > 0 && (
          <Part title="Offered to you">
            {isOwner ? (
              <IncomingTransfers
                accept={({ id }) => acceptTransferAction.bind(null, id)}
                decline={({ id }) => declineTransferAction.bind(null, id)}
                transfers={incoming}
              />
            ) : (
              <p className="text-muted">
                {incoming.map(({ fullName }) => fullName).join(', ')}. Only owners can accept. Your role is{' '}
                {registry.role}.
              </p>
            )}
          </Part>
        )}
        {outgoing.length > 0 && (
          <Part title="Offered to others">
            <OutgoingTransfers
              transfers={outgoing}
              withdraw={isOwner ? ({ id }) => withdrawTransferAction.bind(null, id) : null}
            />
          </Part>
        )}
        {names.length > 0 && (
          <Part title="Former names">
            <p className="mb-3 text-sm text-muted">
              Pages redirect from these names, and pulls by them still work. Ending a redirect breaks both at once.
              Creating a repository with the name ends it too.
            </p>
            <FormerNames
              end={can('vitrine:RenameRepository') ? ({ fullName }) => endRedirectAction.bind(null, fullName) : null}
              names={names}
            />
          </Part>
        )}
      </div>
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </div>
  );
}
