import type { ReactNode } from 'react';
import { PullTable } from '#components/audit/pull-table.tsx';
import { withQuery, type Query } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { AuditSearch } from '#lib/events/read-audit.ts';
import { readPulls } from '#lib/events/read-pulls.ts';

const PAGE_SIZE = 50;

type PullsSectionProps = {
  caller: UserCaller;
  registry: { id: bigint; registryId: string };
  filter: AuditSearch;
  /** The last id of the previous page. */
  before: bigint | null;
  path: string;
  /** Query parameters of the page, without `before`. */
  query: Query;
  /** Shown when nothing matches. */
  empty: ReactNode;
};

/** A page of pulls, newest first. */
export async function PullsSection({ caller, registry, filter, before, path, query, empty }: PullsSectionProps) {
  const asked = { caller, registryKey: registry.id, filter, before, limit: PAGE_SIZE };
  const pulls = await readPulls(getApp(), asked);
  const last = pulls.at(-1);
  if (!last) return empty;
  return (
    <>
      <PullTable pulls={pulls} registryId={registry.registryId} />
      {pulls.length === PAGE_SIZE && (
        <a className="button mt-4" href={withQuery(path, { ...query, before: last.id })} rel="next">
          Older pulls
        </a>
      )}
    </>
  );
}
