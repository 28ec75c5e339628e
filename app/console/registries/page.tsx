import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { REGISTRIES } from '#components/links.ts';
import { CreateRegistryForm } from '#components/registries/create-registry-form.tsx';
import { RegistryCard } from '#components/registries/registry-card.tsx';
import { getApp } from '#lib/app.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../_lib/session/session.ts';
import { createRegistryAction, makeDefaultAction, saveBlobMountingAction, saveSettingsAction } from './actions.ts';

export const metadata: Metadata = { title: 'Registries', robots: { index: false } };

export default async function RegistriesPage() {
  const { registriesPerUser: limit } = getApp().config;
  const caller = await requireCaller(REGISTRIES);
  const { registries } = await chooseRegistry(caller, {});
  const ownedCount = registries.filter(({ role }) => role === 'owner').length;
  return (
    <ConsolePage at={REGISTRIES} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Registries</h1>
      <p className="mb-6 max-w-2xl text-muted">
        A registry has its own repositories, members, aliases and access keys. AWS tools call it an account.
      </p>
      <ul className="flex max-w-2xl flex-col gap-4">
        {registries.map((registry, i) => (
          <RegistryCard
            canChange={isAllowed({ ...caller, action: 'ecr:PutAccountSetting', membership: registry })}
            isFirst={i === 0}
            isOnly={registries.length === 1}
            key={registry.registryId}
            makeDefault={makeDefaultAction.bind(null, registry.id)}
            registry={registry}
            saveBlobMounting={saveBlobMountingAction.bind(null, registry.id)}
            saveSettings={saveSettingsAction.bind(null, registry.id)}
          />
        ))}
      </ul>
      <section aria-labelledby="new-registry" className="mt-10 max-w-2xl">
        <h2 className="mb-3 text-lg font-semibold" id="new-registry">
          New registry
        </h2>
        {limit > 0 && ownedCount >= limit ? (
          <p className="text-muted">
            You own {ownedCount} registries, which is the limit on this site. Ask an admin if you need more.
          </p>
        ) : (
          <CreateRegistryForm action={createRegistryAction} />
        )}
      </section>
    </ConsolePage>
  );
}
