import { DoneNotice } from '#components/admin/done-notice.tsx';
import { MirrorRouteForm } from '#components/admin/mirror-route-form.tsx';
import { ADMIN_MIRRORS, DOCS, publisherLink } from '#components/links.ts';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { DenseRow, DenseTable } from '#components/ui/dense-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { getApp } from '#lib/app.ts';
import {
  listMirrorRoutes,
  listFailingUpstreams,
  type MirrorRouteRow,
  type FailingUpstream,
} from '#lib/upstream/mirrors/admin-queries.ts';
import { countCachedBytes } from '#lib/upstream/jobs/evict-blobs.sql.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { removeRoute, setRoute } from './actions.ts';

export const generateMetadata = () => adminMetadata('Mirrors');

const DONE = { removed: (host: string) => `${host} is no longer served by a mirror.` };
const ROUTE_COLUMNS = ['Host', 'Served by', 'Mirrored from', 'Change'];
const TROUBLE_COLUMNS = ['Upstream', 'Registry', 'Problem', 'Since', 'Last response'];

export default async function AdminMirrorsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  await requireAdmin();
  const params = await searchParams;
  const app = getApp();
  const [routes, troubled, cachedBytes] = await Promise.all([
    listMirrorRoutes(app),
    listFailingUpstreams(app),
    countCachedBytes(app),
  ]);
  return (
    <AdminPage at={ADMIN_MIRRORS}>
      <h1 className="mb-4 text-xl font-semibold">Mirrors</h1>
      <DoneNotice about={textParam(params, 'about')} done={textParam(params, 'done')} sentences={DONE} />
      <div className="flex flex-col gap-10">
        <Cache cachedBytes={cachedBytes} maxBytes={app.config.mirrors.cacheMaxBytes} />
        <Routes routes={routes} />
        <Troubled upstreams={troubled} />
      </div>
    </AdminPage>
  );
}

function Cache({ cachedBytes, maxBytes }: { cachedBytes: number; maxBytes: number }) {
  const share = maxBytes === 0 ? 1 : cachedBytes / maxBytes;
  return (
    <section aria-labelledby="cache" className="max-w-2xl">
      <h2 className="mb-2 text-lg font-semibold" id="cache">
        Cache
      </h2>
      <p className="mb-1 tabular-nums">
        {formatByteSize(cachedBytes)} of {formatByteSize(maxBytes)} used
      </p>
      <svg aria-hidden="true" className="mb-2 block h-2 w-full rounded bg-surface-strong" preserveAspectRatio="none">
        <rect className="fill-accent" height="100%" rx="2" width={`${Math.min(100, share * 100)}%`} />
      </svg>
      {share > 1 && (
        <Notice tone="warning">The cache is over its limit. Eviction is pending, or everything left is pinned.</Notice>
      )}
      <p className="text-muted">
        When the cache is full, the least recently used content is evicted. CACHE_SIZE sets its size.
      </p>
    </section>
  );
}

function Routes({ routes }: { routes: MirrorRouteRow[] }) {
  return (
    <section aria-labelledby="routes">
      <h2 className="mb-1 text-lg font-semibold" id="routes">
        Mirror for container runtimes
      </h2>
      <p className="mb-3 max-w-2xl text-muted">
        A registry that mirrors another registry can serve its names to container runtimes, without an alias in the
        name. To configure runtimes, see the{' '}
        <a className="link" href={DOCS}>
          documentation
        </a>
        .
      </p>
      {routes.length === 0 ? (
        <EmptyState title="No hosts yet" />
      ) : (
        <DenseTable columns={ROUTE_COLUMNS} label="Table of hosts" width="medium">
          {routes.map((route) => (
            <Route key={route.host} route={route} />
          ))}
        </DenseTable>
      )}
      <div className="mt-6 max-w-2xl">
        <MirrorRouteForm action={setRoute} />
      </div>
    </section>
  );
}

function Route({ route: { host, alias, upstreamHost } }: { route: MirrorRouteRow }) {
  return (
    <DenseRow columns={ROUTE_COLUMNS}>
      <th className="text-left font-mono font-semibold break-words" scope="row">
        {host}
        {host === '*' && <span className="block font-sans font-normal text-muted">unknown aliases</span>}
      </th>
      <td className="font-mono">
        <a className="link" href={publisherLink(alias)}>
          {alias}
        </a>
      </td>
      <td className="font-mono break-words">{upstreamHost}</td>
      <td>
        <ConfirmedButtonForm about={host} action={removeRoute.bind(null, host)} button="Remove host" summary="Remove" />
      </td>
    </DenseRow>
  );
}

function Troubled({ upstreams }: { upstreams: FailingUpstream[] }) {
  return (
    <section aria-labelledby="troubled">
      <h2 className="mb-3 text-lg font-semibold" id="troubled">
        Failing upstreams
      </h2>
      {upstreams.length === 0 ? (
        <EmptyState title="No failing upstreams" />
      ) : (
        <DenseTable columns={TROUBLE_COLUMNS} label="Table of upstreams" width="wide">
          {upstreams.map(({ host, alias, problem, problemAt, answeredAt }) => (
            <DenseRow columns={TROUBLE_COLUMNS} key={`${alias} ${host}`}>
              <th className="max-w-72 text-left font-mono font-semibold break-words" scope="row">
                {host}
              </th>
              <td className="font-mono">
                <a className="link" href={publisherLink(alias)}>
                  {alias}
                </a>
              </td>
              <td className="max-w-96 break-words">{problem}</td>
              <td>
                <TimeAgo date={problemAt} />
              </td>
              <td>{answeredAt ? <TimeAgo date={answeredAt} /> : 'never'}</td>
            </DenseRow>
          ))}
        </DenseTable>
      )}
    </section>
  );
}
