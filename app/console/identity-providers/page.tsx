import type { Metadata } from 'next';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { IDENTITY_PROVIDERS, identityProvidersLink, rolesLink } from '#components/links.ts';
import { ProviderForm } from '#components/roles/provider-form.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { MAX_IDENTITY_PROVIDERS } from '#lib/identity/federation/schema.ts';
import { listIdentityProviders } from '#lib/publishers/identity-providers/list-identity-providers.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { addProviderAction, removeProviderAction } from './actions.ts';

export const metadata: Metadata = { title: 'Identity providers', robots: { index: false } };

export default async function IdentityProvidersPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(IDENTITY_PROVIDERS);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const providers = await listIdentityProviders(getApp(), { caller, registryKey });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageRoles', membership: chosen });
  return (
    <ConsolePage at={IDENTITY_PROVIDERS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Identity providers</h1>
      <p className="mb-6 max-w-2xl text-muted">
        An identity provider gives jobs and pods a token of OpenID Connect. Adding one trusts nobody yet. The trust
        policies of{' '}
        <a className="link" href={rolesLink({ registry: registryId })}>
          roles
        </a>{' '}
        name the workloads.
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => identityProvidersLink({ registry })} registries={registries} />
      <div className="grid gap-8 lg:grid-cols-[3fr_2fr]" key={primaryAlias}>
        <section aria-labelledby="providers" className="min-w-0">
          <h2 className="mb-3 text-lg font-semibold" id="providers">
            Identity providers of <span className="font-mono">{primaryAlias}</span>
          </h2>
          {providers.length === 0 ? (
            <EmptyState title="No identity providers yet">
              <p>
                {canManage
                  ? 'Add the issuer of the tokens that your pipelines or clusters have.'
                  : 'Only owners and maintainers can add identity providers.'}
              </p>
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line rounded-lg border border-line">
              {providers.map(({ issuer, audiences, hasKeys }) => (
                <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3 py-2" key={issuer}>
                  <div className="min-w-0 flex-1 basis-52">
                    <p className="font-mono font-semibold break-all">{issuer}</p>
                    <p className="text-sm text-muted">
                      For <span className="font-mono break-all">{audiences.join(', ')}</span>
                    </p>
                  </div>
                  {hasKeys && <Chip title="The issuer is never asked for its keys">Stored keys</Chip>}
                  {canManage && (
                    <ConfirmedButtonForm
                      about={issuer}
                      action={removeProviderAction.bind(null, { registryKey, issuer })}
                      button="Remove identity provider"
                      summary="Remove"
                      warning="Its tokens can no longer assume a role. Live sessions last until they end."
                    />
                  )}
                </li>
              ))}
            </ul>
          )}
        </section>
        {canManage && (
          <section aria-labelledby="new-provider" className="min-w-0">
            <h2 className="mb-3 text-lg font-semibold" id="new-provider">
              New identity provider
            </h2>
            {providers.length >= MAX_IDENTITY_PROVIDERS && (
              <p className="mb-3 text-muted">
                This registry has {MAX_IDENTITY_PROVIDERS} identity providers, which is the limit. You can still change
                a known one.
              </p>
            )}
            <ProviderForm action={addProviderAction.bind(null, registryKey)} />
          </section>
        )}
      </div>
    </ConsolePage>
  );
}
