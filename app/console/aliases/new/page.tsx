import type { Metadata } from 'next';
import { AliasRequestForm } from '#components/aliases/alias-request-form.tsx';
import { ALIASES, NEW_ALIAS_REQUEST } from '#components/links.ts';
import { getReviewTimes } from '#lib/aliases/queries.ts';
import { getApp } from '#lib/app.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../../_lib/session/session.ts';
import { checkAliasAction, requestAliasAction } from '../actions.ts';

export const metadata: Metadata = { title: 'Ask for an alias', robots: { index: false } };

export default async function NewAliasRequestPage() {
  const caller = await requireCaller(NEW_ALIAS_REQUEST);
  const times = await getReviewTimes(getApp());
  return (
    <ConsolePage at={ALIASES} caller={caller}>
      <div className="max-w-xl">
        <h1 className="mb-1 text-xl font-semibold">Ask for an alias</h1>
        <p className="mb-6 text-muted">
          {times
            ? `Over the last 30 days, half of the requests were decided within ${sayHours(times.medianHours)}, nine in ten within ${sayHours(times.p90Hours)}.`
            : 'A reviewer looks at every request. Nothing was decided in the last 30 days, so there is no telling how long it takes.'}
        </p>
        <AliasRequestForm action={requestAliasAction} check={checkAliasAction} />
      </div>
    </ConsolePage>
  );
}

function sayHours(hours: number): string {
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))} minutes`;
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}
