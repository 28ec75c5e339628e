import { redirect } from 'next/navigation';
import { ConsoleTagTable } from '#components/console/images/console-tag-table.tsx';
import type { ImageListProps } from '#components/console/images/image-cells.tsx';
import { DeletionOutcome } from '#components/console/images/deletion-outcome.tsx';
import { TagDeletion } from '#components/console/images/tag-deletion.tsx';
import { consoleRepositoryLink, repositoryLink } from '#components/links.ts';
import { TagFilter } from '#components/tags/tag-filter.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { getApp } from '#lib/app.ts';
import { listTagRows } from '#lib/gallery/tag-list-queries.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { getPullAddress } from '../../../../_lib/repository/pull-address.ts';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../../../../_lib/search-params.ts';
import { chooseTagsAction, deleteTagsAction } from '../../actions.ts';
import { AddTag } from './add-tag.tsx';
import { StoredImages } from './stored-images.tsx';

const PAGE_SIZE = 50;

/** As `tagStatus` of the AWS APIs. */
const STATUSES = ['tagged', 'untagged', 'any'] as const;
const STATUS_LABELS = { tagged: 'Tags', untagged: 'Untagged images', any: 'All images' };

type ImagesTabProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** Tags or images, latest push first: copying, adding and deleting them. */
export async function ImagesTab({ loaded, query }: ImagesTabProps) {
  const { path, repository, can } = loaded;
  const status = choiceParam(query, 'status', STATUSES) ?? 'tagged';
  const { host } = await getPullAddress();
  const isOpen = !repository.upstream && repository.quarantineReason === null;
  const shown = {
    address: `${host}/${path.alias}/${path.name}`,
    canDelete: isOpen && can('ecr:BatchDeleteImage'),
    canSeePulls: can('vitrine:ReadClientAddresses'),
    isMirrored: repository.upstream !== null,
    isPrivate: repository.visibility === 'private',
    repository: { alias: path.alias, name: path.name },
  };
  const canTag = isOpen && can('ecr:PutImage');
  const list = { loaded, shown, canTag, q: textParam(query, 'q'), page: pageParam(query) };
  return (
    <>
      <DeletionOutcome
        deleted={countParam(query, 'deleted')}
        kept={countParam(query, 'kept')}
        what={status === 'tagged' ? 'tag' : 'image'}
      />
      <div className="mb-4">
        <ChoiceLinks
          current={status}
          href={(value) => consoleRepositoryLink(path, { status: value === 'tagged' ? null : value })}
          label="Images"
          labels={STATUS_LABELS}
          values={STATUSES}
        />
      </div>
      {status === 'tagged' ? <Tags {...list} /> : <StoredImages {...list} tagStatus={status} />}
    </>
  );
}

type TagsProps = { loaded: ConsoleRepository; shown: ImageListProps; q: string; page: number; canTag: boolean };

async function Tags({ loaded: { path, repository, catalogData }, shown, q, page, canTag }: TagsProps) {
  const app = getApp();
  const { alias, name } = path;
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
  const table = (
    <>
      <ConsoleTagTable {...shown} featuredTag={catalogData.featuredTag} tags={tags} />
      <Pager href={pageHref} label="Pages of tags" page={page} pageSize={PAGE_SIZE} total={total} />
    </>
  );
  return (
    <>
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
        (shown.canDelete ? (
          <TagDeletion
            choose={chooseTagsAction.bind(null, { alias, name })}
            remove={deleteTagsAction.bind(null, { alias, name })}
            restoreDays={app.config.restoreDays}
          >
            {table}
          </TagDeletion>
        ) : (
          table
        ))}
      {total > 0 && canTag && <AddTag repository={shown.repository} sources={tags.map(({ tag }) => tag)} />}
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

function countParam(query: RawSearchParams, name: string): number | null {
  const text = textParam(query, name);
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}
