import { ButtonForm, ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { AvatarTile } from '#components/catalog/avatar-tile.tsx';
import { FoldedForm } from '#components/forms/folded-form.tsx';
import { ListFilter } from '#components/forms/list-filter.tsx';
import { ADMIN_AUDIT, ADMIN_REGISTRIES, publisherLink, withQuery } from '#components/links.ts';
import { Chip } from '#components/ui/chip.tsx';
import { DenseRow, DenseTable } from '#components/ui/dense-table.tsx';
import { countOf, formatCount } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { listAllRegistries, type RegistryRow } from '#lib/repositories/admin-queries.ts';
import { resolveQuota } from '#lib/publishers/registry-quota.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { clearProfile, removeLogo, setQuota, unverify, verify } from './actions.ts';

export const generateMetadata = () => adminMetadata('Registries');

const PAGE_SIZE = 50;
const COLUMNS = [
  'Registry',
  'Registry ID',
  'Other aliases',
  'Members',
  'Repositories',
  'Storage',
  'Pulls',
  'Created',
  'Publisher',
];

export default async function RegistriesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  await requireAdmin();
  const params = await searchParams;
  const q = textParam(params, 'q');
  const page = pageParam(params);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { rows, total } = await listAllRegistries(getApp(), { query: q, ...range });
  return (
    <AdminPage at={ADMIN_REGISTRIES}>
      <h1 className="mb-4 text-xl font-semibold">Registries</h1>
      <ListFilter
        label="Alias, name or ID"
        path={ADMIN_REGISTRIES}
        q={q}
        total={countOf(total, 'registry', 'registries')}
      />
      <DenseTable columns={COLUMNS} label="Table of registries" width="wide">
        {rows.map((registry) => (
          <Row key={registry.registryId} registry={registry} />
        ))}
      </DenseTable>
      <Pager
        href={(to) => withQuery(ADMIN_REGISTRIES, { q, page: to === 1 ? null : to })}
        label="Pages of registries"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </AdminPage>
  );
}

function Row({ registry }: { registry: RegistryRow }) {
  const { registryId, displayName, logoId, primaryAlias, aliases, memberCount, repositoryCount, createdAt } = registry;
  const { hasProfile } = registry;
  return (
    <DenseRow columns={COLUMNS}>
      <th className="max-w-64 text-left font-normal" scope="row">
        <a className="link block truncate font-mono font-semibold" href={publisherLink(primaryAlias)}>
          {primaryAlias}
        </a>
        <span className="block truncate text-muted">
          <bdi>{displayName}</bdi> {registry.isDemo && <Chip>Demo</Chip>}
        </span>
        {logoId !== null && (
          <span className="mt-1 flex items-center gap-2">
            <AvatarTile logoId={logoId} name={primaryAlias} size="small" />
            <ButtonForm action={removeLogo.bind(null, registryId)} button="Remove logo" />
          </span>
        )}
        {hasProfile && (
          <div className="mt-1">
            <ConfirmedButtonForm
              about={primaryAlias}
              action={clearProfile.bind(null, registryId)}
              button="Remove bio, links and pins"
              summary="Clear profile"
            />
          </div>
        )}
      </th>
      <td>
        <a className="link font-mono" href={withQuery(ADMIN_AUDIT, { registry: registryId })} title="Show audit events">
          {registryId}
        </a>
      </td>
      <td className="max-w-48 font-mono break-words">{aliases.filter((alias) => alias !== primaryAlias).join(', ')}</td>
      <td className="tabular-nums">{formatCount(memberCount)}</td>
      <td className="tabular-nums">{formatCount(repositoryCount)}</td>
      <td>
        <Storage registry={registry} />
      </td>
      <td className="tabular-nums">{formatCount(registry.pullCount)}</td>
      <td>
        <TimeAgo date={createdAt} />
      </td>
      <td>
        <Verification registry={registry} />
      </td>
    </DenseRow>
  );
}

function Storage({ registry: { registryId, primaryAlias, quotaBytes, storedBytes } }: { registry: RegistryRow }) {
  const quota = resolveQuota(getApp().config, quotaBytes);
  return (
    <>
      <span className="mb-1 block tabular-nums">
        {formatByteSize(storedBytes)}
        <span className="text-muted">
          {quota === null ? ', unlimited' : ` of ${formatByteSize(quota)}`}
          {quotaBytes === null && ' (default)'}
        </span>
      </span>
      <FoldedForm
        about={primaryAlias}
        action={setQuota.bind(null, registryId)}
        button="Set quota"
        field={{ name: 'quota', label: 'Such as 10GB, unlimited or default', maxLength: 40 }}
        successNotice="Quota saved."
        summary="Change quota"
        tone="plain"
      />
    </>
  );
}

function Verification({ registry: { registryId, displayName, primaryAlias, isVerified } }: { registry: RegistryRow }) {
  if (isVerified) {
    return (
      <div className="flex flex-wrap items-start gap-2">
        <Chip icon="check" tone="accent">
          Verified
        </Chip>
        <ButtonForm action={unverify.bind(null, registryId)} button="Remove badge" />
      </div>
    );
  }
  return (
    <FoldedForm
      about={primaryAlias}
      action={verify.bind(null, { registryId, displayName })}
      button="Verify"
      field={{ name: 'reason', label: 'Reason, shown on the badge', maxLength: 300 }}
      summary="Verify"
      tone="plain"
    />
  );
}
