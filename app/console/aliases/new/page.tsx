import type { Metadata } from 'next';
import { AliasRequestForm } from '#components/aliases/alias-request-form.tsx';
import { ALIASES, NEW_ALIAS_REQUEST } from '#components/links.ts';
import { getReviewTimes } from '#lib/aliases/queries.ts';
import { getApp } from '#lib/app.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import type { RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import { checkAliasAction, requestAliasAction } from '../actions.ts';

export const metadata: Metadata = { title: 'Request an alias', robots: { index: false } };

export default async function NewAliasRequestPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(NEW_ALIAS_REQUEST);
  const { chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const times = await getReviewTimes(getApp());
  return (
    <ConsolePage at={ALIASES} caller={caller}>
      <div className="max-w-xl">
        <h1 className="mb-1 text-xl font-semibold">Request an alias</h1>
        <p className="mb-6 text-muted">
          {times
            ? `In the last 30 days, half of all requests were decided within ${sayHours(times.medianHours)}, and 90% within ${sayHours(times.p90Hours)}.`
            : 'A reviewer looks at every request. There were no decisions in the last 30 days to estimate the waiting time from.'}
        </p>
        <AliasRequestForm
          action={requestAliasAction.bind(null, chosen.id)}
          check={checkAliasAction.bind(null, chosen.id)}
        />
      </div>
    </ConsolePage>
  );
}

function sayHours(hours: number): string {
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))} minutes`;
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}
