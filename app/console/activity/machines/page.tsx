import type { Metadata } from 'next';
import { PullFilters } from '#components/audit/pull-filters.tsx';
import { ACTIVITY, MACHINE_PULLS } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { AuditSearch } from '#lib/events/read-audit.ts';
import { parseAuditParams } from '../../../_lib/audit/audit-params.ts';
import { listOwnAudits } from '../../../_lib/audit/own-audits.ts';
import { PullsSection } from '../../../_lib/audit/pulls-section.tsx';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { textParam, type RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';

export const metadata: Metadata = { title: 'Pulls by a machine', robots: { index: false } };

const ACCESS_KEY = /^AKIA[A-Z2-7]{16}$/;

export default async function MachinePullsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const query = await searchParams;
  const caller = await requireCaller(MACHINE_PULLS);
  const { texts, filter, before } = parseAuditParams(query);
  const { registries, chosen } = await listOwnAudits(caller, texts.registry, 'vitrine:ReadClientAddresses');
  const machine = textParam(query, 'machine').trim();
  const own = { registry: chosen?.registryId ?? '', machine, from: texts.from, to: texts.to };
  const of: AuditSearch = ACCESS_KEY.test(machine) ? { accessKeyId: machine } : { address: machine };
  return (
    <ConsolePage at={ACTIVITY} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">What a machine pulled</h1>
      <p className="mb-4 max-w-2xl text-muted">
        Images that one client address or access key pulled from{' '}
        {chosen ? <code className="font-mono">{chosen.primaryAlias}</code> : 'a registry'}, newest first.{' '}
        <a className="link" href={ACTIVITY}>
          All activity
        </a>
      </p>
      {!chosen ? (
        <EmptyState title="No pulls to show">
          <p>Only owners and maintainers can see the addresses of a registry’s clients.</p>
        </EmptyState>
      ) : (
        <>
          <PullFilters
            about="machine"
            path={MACHINE_PULLS}
            registries={registries.map(({ registryId, primaryAlias }) => ({ value: registryId, text: primaryAlias }))}
            texts={own}
          />
          {machine === '' ? (
            <EmptyState title="Choose a machine">
              <p>Enter its address, or the access key that it uses.</p>
            </EmptyState>
          ) : (
            <PullsSection
              before={before}
              caller={caller}
              empty={
                <EmptyState title="No pulls found">
                  <p className="wrap-anywhere">
                    {machine} pulled nothing from this registry
                    {own.from || own.to ? ' in this period' : ', or its pulls have expired'}.
                  </p>
                </EmptyState>
              }
              filter={{ ...of, from: filter.from, to: filter.to }}
              path={MACHINE_PULLS}
              query={own}
              registry={chosen}
            />
          )}
        </>
      )}
    </ConsolePage>
  );
}
