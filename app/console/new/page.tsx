import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { CreateRepositoryForm } from '#components/console/create-repository-form.tsx';
import { CONSOLE, NEW_REPOSITORY } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createRepositoryAction } from '../actions.ts';

export const metadata: Metadata = { title: 'New repository', robots: { index: false } };

export default async function NewRepositoryPage() {
  const app = getApp();
  const caller = await requireCaller(NEW_REPOSITORY);
  await ensureRegistry(app, { caller });
  const registries = await listRegistries(app, { userId: caller.principal.userId });
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
          <CreateRepositoryForm action={createRepositoryAction} aliases={aliases} host={host} />
        )}
      </div>
    </ConsolePage>
  );
}
