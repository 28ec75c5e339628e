import { isAllowed } from '#lib/access/authorize.ts';
import { DoneNotice } from '#components/admin/done-notice.tsx';
import { DeletionTable } from '#components/console/deletion-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { getApp } from '#lib/app.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { isTag } from '#lib/oci/reference.ts';
import type { Membership, UserCaller } from '#lib/access/schema.ts';
import { restoreAction } from '../../console/deleted/actions.ts';
import { pageParam, textParam, type RawSearchParams } from '../search-params.ts';

const PAGE_SIZE = 50;

type DeletionListProps = {
  caller: UserCaller;
  /** Null for the whole site. */
  registry: (Membership & { id: bigint }) | null;
  params: RawSearchParams;
  href: (page: number) => string;
};

/** A page of deletions with restore buttons. */
export async function DeletionList({ caller, registry, params, href }: DeletionListProps) {
  const page = pageParam(params);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { rows, total } = await listDeletions(getApp(), { registryKey: registry?.id ?? null, ...range });
  const asked = { ...caller, action: 'vitrine:RestoreDeletion', membership: registry } as const;
  return (
    <>
      <DoneNotice
        about={textParam(params, 'about')}
        done={textParam(params, 'done')}
        sentences={{ restored: (target) => restoredSentence(target, textParam(params, 'skipped')) }}
      />
      {rows.length === 0 ? (
        <EmptyState title={total === 0 ? 'No deleted content' : 'Page not found'}>
          {total > 0 && (
            <a className="link" href={href(1)}>
              Go to the first page
            </a>
          )}
        </EmptyState>
      ) : (
        <DeletionTable
          deletions={rows}
          restore={({ id, isByAdmin }) =>
            isAllowed({ ...asked, facts: { isDeletedByAdmin: isByAdmin } })
              ? restoreAction.bind(null, { id, path: href(page) })
              : null
          }
        />
      )}
      <Pager href={href} label="Pages of deleted content" page={page} pageSize={PAGE_SIZE} total={total} />
    </>
  );
}

/** `skipped` comes from the URL, so only valid tags are shown. */
function restoredSentence(target: string, skipped: string): string {
  const tags = skipped.split(',').filter(isTag);
  const rest = tags.length > 0 ? ` These tags were recreated and stay as they are: ${tags.join(', ')}.` : '';
  return `${target} is restored.${rest}`;
}
