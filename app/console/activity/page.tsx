import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { ACTIVITY, ACTIVITY_EXPORT, MACHINE_PULLS, withQuery } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getApp } from '#lib/app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { parseAuditParams } from '../../_lib/audit/audit-params.ts';
import { AuditSection } from '../../_lib/audit/audit-section.tsx';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { listOwnAudits } from '../../_lib/audit/own-audits.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export const metadata: Metadata = { title: 'Activity', robots: { index: false } };

export default async function ActivityPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(ACTIVITY);
  await ensureRegistry(getApp(), { caller });
  const params = parseAuditParams(await searchParams);
  const { registries, chosen } = await listOwnAudits(caller, params.texts.registry);
  const seesClients = isAllowed({ ...caller, action: 'vitrine:ReadClientAddresses', membership: chosen ?? null });
  return (
    <ConsolePage at={ACTIVITY} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Activity</h1>
      <p className="mb-4 max-w-2xl text-muted">
        Who changed and pulled what in{' '}
        {chosen ? <code className="font-mono">{chosen.primaryAlias}</code> : 'your registries'}, newest first.{' '}
        {chosen && seesClients && (
          <a className="link" href={withQuery(MACHINE_PULLS, { registry: chosen.registryId })}>
            What did a machine pull?
          </a>
        )}
      </p>
      {chosen ? (
        <AuditSection
          caller={caller}
          exportPath={ACTIVITY_EXPORT}
          hasClients={seesClients}
          params={{ ...params, texts: { ...params.texts, registry: chosen.registryId } }}
          path={ACTIVITY}
          registries={registries.map(({ registryId, primaryAlias }) => ({ value: registryId, text: primaryAlias }))}
          registryKey={chosen.id}
        />
      ) : (
        <EmptyState title="No activity to show">
          <p>Readers can’t see a registry’s activity.</p>
        </EmptyState>
      )}
    </ConsolePage>
  );
}
