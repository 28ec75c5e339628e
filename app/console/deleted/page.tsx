import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { DELETED, deletedLink } from '#components/links.ts';
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { DeletionList } from '../../_lib/frames/deletion-list.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export const metadata: Metadata = { title: 'Recently deleted', robots: { index: false } };

export default async function DeletedPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(DELETED);
  const params = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, params);
  if (!chosen) return null;
  const addressOf = (registryId: string) => (registryId === registries[0]?.registryId ? null : registryId);
  const { restoreDays } = app.config;
  return (
    <ConsolePage at={DELETED} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Recently deleted</h1>
      <p className="mb-6 max-w-2xl text-muted">
        {restoreDays === 0
          ? 'On this site, deleted content is removed immediately.'
          : `You can restore deleted tags, manifests and repositories for ${countOf(restoreDays, 'day')}. Content that has replaced them stays.`}
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => deletedLink({ registry })} registries={registries} />
      {isAllowed({ ...caller, action: 'vitrine:ListDeletions', membership: chosen }) ? (
        <DeletionList
          caller={caller}
          href={(page) => deletedLink({ registry: addressOf(chosen.registryId), page })}
          params={params}
          registry={chosen}
        />
      ) : (
        <p className="text-muted">
          Only owners and maintainers can restore deleted content. Your role is {chosen.role}.
        </p>
      )}
    </ConsolePage>
  );
}
