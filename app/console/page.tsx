import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { OwnRepositoryTable } from '#components/console/own-repository-table.tsx';
import { RegistryFacts } from '#components/console/registry-facts.tsx';
import { CONSOLE, NEW_REPOSITORY } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getApp } from '#lib/app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries, listRepositories, type RegistryView } from '#lib/repositories/queries.ts';
import { readRegistryUsage, type RegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import { resolveQuota } from '#lib/publishers/registry-quota.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { ConsolePage } from '../_lib/frames/console-page.tsx';
import { getPullAddress } from '../_lib/repository/pull-address.ts';
import { requireCaller } from '../_lib/session/session.ts';

export const metadata: Metadata = { title: 'Console', robots: { index: false } };

export default async function ConsoleHomePage() {
  const app = getApp();
  const caller = await requireCaller(CONSOLE);
  await ensureRegistry(app, { caller });
  const registries = await listRegistries(app, { userId: caller.principal.userId });
  return (
    <ConsolePage at={CONSOLE} caller={caller}>
      <div className="flex flex-col gap-12">
        {registries.map((registry) => (
          <RegistrySection caller={caller} key={registry.registryId} registry={registry} />
        ))}
      </div>
    </ConsolePage>
  );
}

async function RegistrySection({ caller, registry }: { caller: UserCaller; registry: RegistryView }) {
  const app = getApp();
  const quotaBytes = resolveQuota(app.config, registry.quotaBytes);
  const [repositories, { host }, usage] = await Promise.all([
    listRepositories(app, { registryKey: registry.id }),
    getPullAddress(),
    quotaBytes === null ? null : readRegistryUsage(app, registry.id),
  ]);
  const { primaryAlias: alias } = registry;
  const canCreate = isAllowed({
    ...caller,
    action: 'ecr:CreateRepository',
    membership: registry,
    facts: { fullName: `${alias}/NAME` },
  });
  const guide = (
    <PushGuide alias={alias} host={host} name={repositories.find(({ isMirrored }) => !isMirrored)?.name ?? 'NAME'} />
  );
  return (
    <section aria-label={registry.displayName || alias}>
      <RegistryFacts
        host={host}
        registry={registry}
        storage={usage && quotaBytes !== null ? describeStorage(usage, quotaBytes) : null}
      />
      <div className="mt-6 mb-3 flex items-center justify-between gap-4">
        <h2 className="text-lg font-semibold">Repositories</h2>
        {canCreate && (
          <a className="button button-primary" href={NEW_REPOSITORY}>
            New repository
          </a>
        )}
      </div>
      {repositories.length === 0 ? (
        <EmptyState title="No repositories yet">
          <p>Create one above, or push an image. The first push creates the repository.</p>
          {guide}
        </EmptyState>
      ) : (
        <>
          <OwnRepositoryTable alias={alias} repositories={repositories} />
          <details className="mt-4">
            <summary className="w-fit py-1 font-medium text-accent">How to push an image</summary>
            <div className="pt-3">{guide}</div>
          </details>
        </>
      )}
    </section>
  );
}

function describeStorage({ storedBytes, stagedBytes }: RegistryUsage, quotaBytes: number) {
  return {
    used: formatByteSize(storedBytes + stagedBytes),
    quota: formatByteSize(quotaBytes),
    staged: stagedBytes > 0 ? formatByteSize(stagedBytes) : null,
  };
}
