import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { MIRRORS, mirrorsLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { MirrorTable, type MirrorActions } from '#components/mirrors/mirror-table.tsx';
import { UpstreamCard } from '#components/mirrors/upstream-card.tsx';
import { getApp } from '#lib/app.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import { countMirrors, listMirrors, listUpstreams, type UpstreamOverview } from '#lib/upstream/mirrors/queries.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import { pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { checkAction, forgetAction, pinAction, removeMirrorAction, saveUpstreamAction } from './actions.ts';
import { MirrorSetup } from './mirror-setup.tsx';
import { RegistryMirrorSection } from './registry-mirror-section.tsx';
import { RuleSection } from './rule-section.tsx';

export const metadata: Metadata = { title: 'Mirrors', robots: { index: false } };

const PAGE_SIZE = 25;

export default async function MirrorsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(MIRRORS);
  const params = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, params);
  if (!chosen) return null;
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageMirrors', membership: chosen });
  const registry = chosen === registries[0] ? null : chosen.registryId;
  const upstreams = await listUpstreams(app, { registryKey: chosen.id });
  return (
    <ConsolePage at={MIRRORS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Mirrors</h1>
      <p className="mb-6 max-w-2xl text-muted">
        A mirror is a repository whose images come from another registry. They are fetched on the first pull and cached
        here, so later pulls are fast and work while the other registry is down.
      </p>
      <RegistryTabs chosen={chosen} href={(id) => mirrorsLink({ registry: id })} registries={registries} />
      <div className="flex flex-col gap-10">
        <Mirrors canManage={canManage} page={pageParam(params)} registry={registry} view={chosen} />
        <Upstreams canManage={canManage} registryKey={chosen.id} upstreams={upstreams} />
        {canManage && (
          <MirrorSetup edit={textParam(params, 'edit')} registry={registry} upstreams={upstreams} view={chosen} />
        )}
        <RuleSection canManage={canManage} view={chosen} />
        <RegistryMirrorSection canManage={canManage} upstreams={upstreams} view={chosen} />
        {!canManage && (
          <p className="text-muted">Only owners and maintainers can set up mirrors. Your role is {chosen.role}.</p>
        )}
      </div>
    </ConsolePage>
  );
}

type MirrorsProps = { view: RegistryView; registry: string | null; page: number; canManage: boolean };

async function Mirrors({ view, registry, page, canManage }: MirrorsProps) {
  const { id: registryKey, primaryAlias: alias } = view;
  const app = getApp();
  const range = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
  const [mirrors, total] = await Promise.all([
    listMirrors(app, { registryKey, ...range }),
    countMirrors(app, { registryKey }),
  ]);
  return (
    <section aria-labelledby="mirrored">
      <h2 className="mb-3 text-lg font-semibold" id="mirrored">
        Mirrored repositories
      </h2>
      {mirrors.length === 0 ? (
        <EmptyState title={total === 0 ? 'No mirrors yet' : 'Page not found'}>
          {total > 0 ? (
            <a className="link" href={mirrorsLink({ registry })}>
              Go to the first page
            </a>
          ) : (
            canManage && <p>Add an image you depend on below, then pull it from here.</p>
          )}
        </EmptyState>
      ) : (
        <MirrorTable
          actions={canManage ? actionsOf(alias) : null}
          alias={alias}
          mirrors={mirrors}
          registry={registry}
        />
      )}
      <Pager
        href={(to) => mirrorsLink({ registry, page: to })}
        label="Pages of mirrors"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </section>
  );
}

function actionsOf(alias: string): MirrorActions {
  return {
    check: (name) => checkAction.bind(null, `${alias}/${name}`),
    pin: (name, isPinned) => pinAction.bind(null, { fullName: `${alias}/${name}`, isPinned }),
    remove: (name) => removeMirrorAction.bind(null, `${alias}/${name}`),
  };
}

function actionsOfUpstream(upstream: { registryKey: bigint; host: string }) {
  return { save: saveUpstreamAction.bind(null, upstream), forget: forgetAction.bind(null, upstream) };
}

type UpstreamsProps = { registryKey: bigint; upstreams: UpstreamOverview[]; canManage: boolean };

function Upstreams({ registryKey, upstreams, canManage }: UpstreamsProps) {
  if (upstreams.length === 0) return null;
  return (
    <section aria-labelledby="upstreams">
      <h2 className="text-lg font-semibold" id="upstreams">
        Upstreams
      </h2>
      <p className="mb-3 text-muted">Registries you mirror from. Figures cover the last 7 days.</p>
      <ul className="grid gap-4 lg:grid-cols-2">
        {upstreams.map((upstream) => (
          <UpstreamCard
            actions={canManage ? actionsOfUpstream({ registryKey, host: upstream.host }) : null}
            key={upstream.host}
            upstream={upstream}
          />
        ))}
      </ul>
    </section>
  );
}
