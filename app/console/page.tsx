import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { OwnRepositoryFilterForm } from '#components/registries/own-repository-filter-form.tsx';
import { OwnRepositoryTable } from '#components/console/own-repository-table.tsx';
import { RegistryFacts } from '#components/console/registry-facts.tsx';
import { CONSOLE, consoleLink, newRepositoryLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { getApp } from '#lib/app.ts';
import { listOwnRepositories } from '#lib/repositories/own/list-own-repositories.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import { OWN_REPOSITORY_SORTS, visibilitySchema, type OwnRepositoryFilter } from '#lib/repositories/schema.ts';
import { TAG_MUTABILITIES } from '#lib/repositories/tag-mutability/schema.ts';
import { readRegistryUsage, type RegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import { resolveQuota } from '#lib/publishers/registry-quota.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { chooseRegistry } from '../_lib/choose-registry.ts';
import { ConsolePage } from '../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../_lib/frames/registry-tabs.tsx';
import { getPullAddress } from '../_lib/repository/pull-address.ts';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../_lib/search-params.ts';
import { requireCaller } from '../_lib/session/session.ts';

export const metadata: Metadata = { title: 'Console', robots: { index: false } };

const PAGE_SIZE = 50;

/** The repositories of one registry. */
export default async function ConsoleHomePage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(CONSOLE);
  const params = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, params);
  if (!chosen) return null;
  const registry = chosen === registries[0] ? null : chosen.registryId;
  return (
    <ConsolePage at={CONSOLE} caller={caller}>
      <RegistryTabs chosen={chosen} href={(id) => consoleLink({ registry: id })} registries={registries} />
      <Facts registry={chosen} />
      <Repositories caller={caller} params={params} registry={registry} view={chosen} />
    </ConsolePage>
  );
}

async function Facts({ registry }: { registry: RegistryView }) {
  const app = getApp();
  const quotaBytes = resolveQuota(app.config, registry.quotaBytes);
  const usage = quotaBytes === null ? null : await readRegistryUsage(app, registry.id);
  const { host } = await getPullAddress();
  const storage = usage && quotaBytes !== null ? describeStorage(usage, quotaBytes) : null;
  return <RegistryFacts host={host} registry={registry} storage={storage} />;
}

type RepositoriesProps = {
  caller: UserCaller;
  view: RegistryView;
  /** As in the URL. */
  registry: string | null;
  params: RawSearchParams;
};

async function Repositories({ caller, view, registry, params }: RepositoriesProps) {
  const { primaryAlias: alias } = view;
  const filter = parseFilter(params);
  const page = pageParam(params);
  const [{ repositories, total }, { host }] = await Promise.all([
    listOwnRepositories(getApp(), {
      registryKey: view.id,
      ...filter,
      offset: (page - 1) * PAGE_SIZE,
      limit: PAGE_SIZE,
    }),
    getPullAddress(),
  ]);
  const pageHref = (to: number) => consoleLink({ registry, ...toLink(filter), page: to });
  if (repositories.length === 0 && total > 0) redirect(pageHref(Math.ceil(total / PAGE_SIZE)));
  const facts = { fullName: `${alias}/NAME` };
  const canCreate = isAllowed({ ...caller, action: 'ecr:CreateRepository', membership: view, facts });
  const isFiltered = filter.query !== '' || filter.visibility !== null || filter.tagMutability !== null;
  const guide = (
    <PushGuide alias={alias} host={host} name={repositories.find(({ isMirrored }) => !isMirrored)?.name ?? 'NAME'} />
  );
  return (
    <section aria-label={`Repositories of ${alias}`}>
      <div className="mt-6 mb-3 flex items-center justify-between gap-4">
        <h2 className="text-lg font-semibold">Repositories</h2>
        {canCreate && (
          <a className="button button-primary" href={newRepositoryLink({ registry })}>
            New repository
          </a>
        )}
      </div>
      {total === 0 && !isFiltered ? (
        <EmptyState title="No repositories yet">
          <p>Create one above, or push an image. The first push creates the repository.</p>
          {guide}
        </EmptyState>
      ) : (
        <>
          <OwnRepositoryFilterForm filter={filter} registry={registry} total={total} />
          {total === 0 ? (
            <EmptyState title="No matching repositories">
              <a className="link" href={consoleLink({ registry })}>
                Clear filters
              </a>
            </EmptyState>
          ) : (
            <OwnRepositoryTable alias={alias} repositories={repositories} />
          )}
          <Pager href={pageHref} label="Pages of repositories" page={page} pageSize={PAGE_SIZE} total={total} />
          <details className="mt-4">
            <summary className="w-fit py-1 font-medium text-accent">How to push an image</summary>
            <div className="pt-3">{guide}</div>
          </details>
        </>
      )}
    </section>
  );
}

function parseFilter(params: RawSearchParams): OwnRepositoryFilter {
  return {
    query: textParam(params, 'q', 200),
    visibility: choiceParam(params, 'visibility', visibilitySchema.options) ?? null,
    tagMutability: choiceParam(params, 'mutability', TAG_MUTABILITIES) ?? null,
    sort: choiceParam(params, 'sort', OWN_REPOSITORY_SORTS) ?? 'pushed',
  };
}

function toLink({ query, visibility, tagMutability, sort }: OwnRepositoryFilter) {
  return { q: query, sort, ...(visibility && { visibility }), ...(tagMutability && { mutability: tagMutability }) };
}

function describeStorage({ storedBytes, stagedBytes }: RegistryUsage, quotaBytes: number) {
  return {
    used: formatByteSize(storedBytes + stagedBytes),
    quota: formatByteSize(quotaBytes),
    staged: stagedBytes > 0 ? formatByteSize(stagedBytes) : null,
  };
}
