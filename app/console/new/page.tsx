import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { CreateRepositoryForm } from '#components/console/create-repository-form.tsx';
import { CONSOLE, NEW_REPOSITORY } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createRepositoryAction } from '../actions.ts';

export const metadata: Metadata = { title: 'New repository', robots: { index: false } };

export default async function NewRepositoryPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(NEW_REPOSITORY);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  const aliases = registries
    .filter((membership) =>
      isAllowed({
        ...caller,
        action: 'ecr:CreateRepository',
        membership,
        facts: { fullName: `${membership.primaryAlias}/NAME` },
      }),
    )
    .map(({ primaryAlias }) => primaryAlias);
  const { host } = await getPullAddress();
  return (
    <ConsolePage at={CONSOLE} caller={caller}>
      <div className="max-w-xl">
        <h1 className="mb-4 text-xl font-semibold">New repository</h1>
        {aliases.length === 0 ? (
          <Notice tone="warning">Your role doesn’t allow creating repositories. Ask an owner.</Notice>
        ) : (
          <CreateRepositoryForm
            action={createRepositoryAction}
            alias={chosen?.primaryAlias}
            aliases={aliases}
            hasKms={getApp().repositoryKeys.isAvailable}
            host={host}
          />
        )}
      </div>
    </ConsolePage>
  );
}
