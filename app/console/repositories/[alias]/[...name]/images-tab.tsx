import { redirect } from 'next/navigation';
import { ConsoleTagTable } from '#components/console/console-tag-table.tsx';
import { TagDeletion } from '#components/console/tag-deletion.tsx';
import { consoleRepositoryLink, DELETED, repositoryLink } from '#components/links.ts';
import { RetagForm } from '#components/tags/retag-form.tsx';
import { TagFilter } from '#components/tags/tag-filter.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { getApp } from '#lib/app.ts';
import { listTagRows } from '#lib/gallery/tag-list-queries.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { getPullAddress } from '../../../../_lib/repository/pull-address.ts';
import { pageParam, textParam, type RawSearchParams } from '../../../../_lib/search-params.ts';
import { chooseTagsAction, deleteTagsAction, retagAction } from '../../actions.ts';

const PAGE_SIZE = 50;

type ImagesTabProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** Tags, latest push first: copying, adding and deleting them. */
export async function ImagesTab({ loaded: { path, repository, catalogData, can }, query }: ImagesTabProps) {
  const app = getApp();
  const { alias, name } = path;
  const [q, page] = [textParam(query, 'q'), pageParam(query)];
  const { tags, total } = await listTagRows(app, {
    repositoryId: repository.id,
    query: q,
    sort: 'pushed',
    direction: 'desc',
    offset: (page - 1) * PAGE_SIZE,
    limit: PAGE_SIZE,
  });
  const pageHref = (to: number) => consoleRepositoryLink(path, { q, page: to === 1 ? null : to });
  if (tags.length === 0 && total > 0) redirect(pageHref(Math.ceil(total / PAGE_SIZE)));
  const isOpen = !repository.upstream && repository.quarantineReason === null;
  const canDelete = isOpen && can('ecr:BatchDeleteImage');
  const { host } = await getPullAddress();
  const table = (
    <ConsoleTagTable
      canDelete={canDelete}
      featuredTag={catalogData.featuredTag}
      isMirrored={repository.upstream !== null}
      address={`${host}/${alias}/${name}`}
      isPrivate={repository.visibility === 'private'}
      repository={{ alias, name }}
      tags={tags}
    />
  );
  return (
    <>
      <Outcome deleted={countParam(query, 'deleted')} moved={countParam(query, 'moved')} />
      {total > 0 || q !== '' ? (
        <>
          <TagFilter path={consoleRepositoryLink(path)} q={q} />
          <p className="mt-3 mb-2 text-sm break-words text-muted tabular-nums" role="status">
            {countOf(total, 'tag')}
            {q && ` with “${q}”`}
          </p>
        </>
      ) : (
        <EmptyState title="No tags yet">
          <p>Pushed tags appear here. The overview has the commands that push the first image.</p>
          <a className="button" href={consoleRepositoryLink({ alias, name })}>
            Show push commands
          </a>
        </EmptyState>
      )}
      {tags.length > 0 &&
        (canDelete ? (
          <TagDeletion
            choose={chooseTagsAction.bind(null, { alias, name })}
            remove={deleteTagsAction.bind(null, { alias, name })}
            restoreDays={app.config.restoreDays}
          >
            {table}
            <Pager href={pageHref} label="Pages of tags" page={page} pageSize={PAGE_SIZE} total={total} />
          </TagDeletion>
        ) : (
          <>
            {table}
            <Pager href={pageHref} label="Pages of tags" page={page} pageSize={PAGE_SIZE} total={total} />
          </>
        ))}
      {total > 0 && isOpen && can('ecr:PutImage') && (
        <section aria-labelledby="add-a-tag" className="mt-8 max-w-xl">
          <h2 className="mb-3 text-lg font-semibold" id="add-a-tag">
            Add a tag
          </h2>
          <RetagForm action={retagAction.bind(null, { alias, name })} tags={tags.map(({ tag }) => tag)} />
        </section>
      )}
      {total > 0 && (
        <p className="mt-6 text-sm text-muted">
          Layers and attachments are on the{' '}
          <a className="link" href={repositoryLink({ alias, name, tab: 'tags' })}>
            repository’s page
          </a>
          .
        </p>
      )}
    </>
  );
}

/** After a deletion. The URL carries only counts, so that links can't inject text. */
function Outcome({ deleted, moved }: { deleted: number | null; moved: number | null }) {
  if (deleted === null) return null;
  return (
    <div className="mb-4">
      <Notice tone={moved ? 'warning' : 'success'}>
        {countOf(deleted, 'tag')} deleted.{' '}
        {moved !== null && moved > 0 && `${countOf(moved, 'tag')} moved in the meantime and stayed. `}
        <a className="link" href={DELETED}>
          View deleted content
        </a>
      </Notice>
    </div>
  );
}

function countParam(query: RawSearchParams, name: string): number | null {
  const text = textParam(query, name);
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}
