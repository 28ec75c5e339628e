import type { Metadata } from 'next';
import { USAGE, usageExportLink, usageLink } from '#components/links.ts';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { NetworkTable } from '#components/usage/network-table.tsx';
import { MAX_USAGE_ROWS, RepositoryUsageTable } from '#components/usage/repository-usage-table.tsx';
import { StorageChart } from '#components/usage/storage-chart.tsx';
import { StoredFacts } from '#components/usage/stored-facts.tsx';
import { TrafficChart } from '#components/usage/traffic-chart.tsx';
import { getApp } from '#lib/app.ts';
import { resolveQuota } from '#lib/publishers/registry-quota.ts';
import { lastDays, readUsage } from '#lib/repositories/usage/read-usage.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import { choiceParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { DEFAULT_USAGE_DAYS, USAGE_DAYS } from './usage-days.ts';

export const metadata: Metadata = { title: 'Usage', robots: { index: false } };

const LABELS = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'a year' };

/** What a registry stores and moves. */
export default async function UsagePage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(USAGE);
  const params = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, params);
  if (!chosen) return null;
  const days = choiceParam(params, 'days', USAGE_DAYS) ?? DEFAULT_USAGE_DAYS;
  const registry = chosen === registries[0] ? null : chosen.registryId;
  const usage = await readUsage(app, {
    registryKey: chosen.id,
    period: lastDays(Number(days)),
    limit: MAX_USAGE_ROWS + 1,
  });
  const link = (to: string) => usageLink({ registry, days: to === DEFAULT_USAGE_DAYS ? null : to });
  return (
    <ConsolePage at={USAGE} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Usage</h1>
      <p className="mb-6 max-w-2xl text-muted">
        What this registry stores, and the bytes of images that clients pulled and pushed. Days are by UTC.
      </p>
      <RegistryTabs
        chosen={chosen}
        href={(id) => usageLink({ registry: id, days: days === DEFAULT_USAGE_DAYS ? null : days })}
        registries={registries}
      />
      <StoredFacts quotaBytes={resolveQuota(app.config, chosen.quotaBytes)} usage={usage} />
      <section aria-labelledby="storage" className="mt-8">
        <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
          <h2 className="text-lg font-semibold" id="storage">
            Storage by day
          </h2>
          <ChoiceLinks current={days} href={link} label="Period" labels={LABELS} values={USAGE_DAYS} />
        </div>
        <StorageChart days={usage.days} />
        <p className="mt-2 text-sm">
          <a className="link" href={usageExportLink({ registry: chosen.registryId, days, of: 'storage' })}>
            Export storage as CSV
          </a>
        </p>
      </section>
      <section aria-labelledby="traffic" className="mt-8">
        <h2 className="mb-3 text-lg font-semibold" id="traffic">
          Traffic
        </h2>
        <TrafficChart days={usage.days} />
        <NetworkTable networks={usage.networks} />
      </section>
      <section aria-labelledby="repositories" className="mt-8">
        <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
          <h2 className="text-lg font-semibold" id="repositories">
            Repositories
          </h2>
          <a className="link text-sm" href={usageExportLink({ registry: chosen.registryId, days, of: 'traffic' })}>
            Export traffic as CSV
          </a>
        </div>
        <RepositoryUsageTable alias={chosen.primaryAlias} repositories={usage.repositories} />
      </section>
    </ConsolePage>
  );
}
