import { notFound } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { USAGE } from '#components/links.ts';
import { exportStorage } from '#lib/api/rest/exports/export-storage.ts';
import { exportTraffic } from '#lib/api/rest/exports/export-traffic.ts';
import { getApp } from '#lib/app.ts';
import { lastDays, listStorage, listTraffic } from '#lib/repositories/usage/read-usage.ts';
import { listViewedRegistries } from '../../../_lib/choose-registry.ts';
import { choiceParam, textParam } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import { DEFAULT_USAGE_DAYS, USAGE_DAYS } from '../usage-days.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const caller = await requireCaller(USAGE);
  const params = Object.fromEntries(request.nextUrl.searchParams);
  const registries = await listViewedRegistries(caller);
  const registry = registries.find(({ registryId }) => registryId === textParam(params, 'registry'));
  if (!registry) notFound();
  const days = choiceParam(params, 'days', USAGE_DAYS) ?? DEFAULT_USAGE_DAYS;
  const asked = { registryKey: registry.id, period: lastDays(Number(days)) };
  if (choiceParam(params, 'of', ['storage']) === 'storage') return exportStorage(await listStorage(getApp(), asked));
  return exportTraffic(await listTraffic(getApp(), asked));
}
