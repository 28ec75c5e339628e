import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { AliasTable } from '#components/aliases/alias-table.tsx';
import { DomainProofForm } from '#components/aliases/domain-proof-form.tsx';
import { DomainProofList } from '#components/aliases/domain-proof-list.tsx';
import { RequestTable } from '#components/aliases/request-table.tsx';
import { ALIASES, newAliasRequestLink } from '#components/links.ts';
import { DNS_PREFIX, WELL_KNOWN_PATH } from '#lib/publishers/verification/domain-probe.ts';
import { listDomainProofs, listRequestsOf } from '#lib/aliases/queries.ts';
import { getApp } from '#lib/app.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { listViewedRegistries } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../_lib/session/session.ts';
import { checkProofAction, makePrimaryAction, releaseAliasAction, startProofAction } from './actions.ts';

export const metadata: Metadata = { title: 'Aliases', robots: { index: false } };

export default async function AliasesPage() {
  const caller = await requireCaller(ALIASES);
  const registries = await listViewedRegistries(caller);
  return (
    <ConsolePage at={ALIASES} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Aliases</h1>
      <p className="mb-6 max-w-2xl text-muted">
        Aliases address your registry in pulls, pushes and URLs. All of them work, and the primary one is shown. Custom
        aliases are reviewed.
      </p>
      <div className="flex flex-col gap-12">
        {registries.map((registry) => (
          <RegistryAliases caller={caller} key={registry.registryId} registry={registry} />
        ))}
      </div>
    </ConsolePage>
  );
}

async function RegistryAliases({ caller, registry }: { caller: UserCaller; registry: RegistryView }) {
  const app = getApp();
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageAliases', membership: registry });
  const [requests, proofs] = await Promise.all([
    listRequestsOf(app, { registryKey: registry.id }),
    listDomainProofs(app, { registryKey: registry.id }),
  ]);
  return (
    <section aria-label={registry.displayName || registry.primaryAlias} className="grid gap-8 lg:grid-cols-[3fr_2fr]">
      <div className="flex flex-col gap-6">
        <AliasTable
          aliases={registry.aliases}
          canManage={canManage}
          makePrimary={makePrimaryAction}
          release={releaseAliasAction}
        />
        <div>
          <div className="mb-3 flex items-center justify-between gap-4">
            <h2 className="text-lg font-semibold">Requests</h2>
            {canManage && (
              <a className="button button-primary" href={newAliasRequestLink({ registry: registry.registryId })}>
                Request an alias
              </a>
            )}
          </div>
          {requests.length === 0 ? (
            <p className="text-muted">No requests yet.</p>
          ) : (
            <RequestTable requests={requests} />
          )}
        </div>
      </div>
      <div>
        <h2 className="mb-1 text-lg font-semibold">Verified domains</h2>
        <p className="mb-3 text-sm text-muted">
          A verified domain makes you a verified publisher and supports requests for an alias of the same name. We check
          it again every month.
        </p>
        {proofs.length > 0 && (
          <DomainProofList
            check={checkProofAction.bind(null, registry.id)}
            places={{ dnsPrefix: DNS_PREFIX, path: WELL_KNOWN_PATH }}
            proofs={proofs}
          />
        )}
        {canManage && (
          <div className="mt-4">
            <DomainProofForm action={startProofAction.bind(null, registry.id)} />
          </div>
        )}
      </div>
    </section>
  );
}
