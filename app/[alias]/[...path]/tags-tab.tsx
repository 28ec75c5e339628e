import { TagsElsewhere } from '#components/catalog/tags-elsewhere.tsx';
import { TagTable } from '#components/catalog/tag-table.tsx';
import { repositoryLink, type Query } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import type { RepositoryPage } from '#lib/catalog/gallery-queries.ts';
import { listTags, TAG_SORTS, type TagSort } from '#lib/catalog/tag-queries.ts';
import { getApp } from '#lib/app.ts';
import { listTagsElsewhere, type MirrorSourceInfo } from '#lib/upstream/queries.ts';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';

const PAGE_SIZE = 50;
const MAX_NAMES = 200;

/** The direction that is wanted first. */
const NATURAL: Record<TagSort, 'asc' | 'desc'> = { pushed: 'desc', name: 'asc', size: 'desc' };

type TagsTabProps = { repository: RepositoryPage; query: RawSearchParams; mirror: MirrorSourceInfo | null };

/** Filter, sort and page are in the address, and the database does all three. */
export async function TagsTab({ repository, query, mirror }: TagsTabProps) {
  const q = textParam(query, 'q');
  const sort = choiceParam(query, 'sort', TAG_SORTS) ?? 'pushed';
  const direction = choiceParam(query, 'dir', ['asc', 'desc'] as const) ?? NATURAL[sort];
  const page = pageParam(query);
  const { tags, total } = await listTags(getApp(), {
    repositoryId: repository.id,
    query: q,
    sort,
    direction,
    offset: (page - 1) * PAGE_SIZE,
    limit: PAGE_SIZE,
  });
  const at = { alias: repository.primaryAlias, name: repository.name, tab: 'tags' } as const;
  const state: Query = {
    q,
    sort: sort === 'pushed' ? null : sort,
    dir: direction === NATURAL[sort] ? null : direction,
  };
  const sortHref = (column: TagSort) => {
    const turned = direction === 'asc' ? 'desc' : 'asc';
    const dir = column === sort && turned !== NATURAL[column] ? turned : null;
    return repositoryLink(at, { q, sort: column === 'pushed' ? null : column, dir });
  };
  return (
    <section aria-labelledby="tab-title">
      <h2 className="sr-only" id="tab-title">
        Tags
      </h2>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <form action={repositoryLink(at)} aria-label="Tags" className="flex w-full gap-2 sm:w-auto" role="search">
          <label className="min-w-0 flex-1">
            <span className="sr-only">Filter tags</span>
            <input className="control sm:w-64" defaultValue={q} name="q" placeholder="Filter tags" type="search" />
          </label>
          {state['sort'] && <input name="sort" type="hidden" value={String(state['sort'])} />}
          {state['dir'] && <input name="dir" type="hidden" value={String(state['dir'])} />}
          <button className="button">Filter</button>
        </form>
        <p className="text-sm text-muted tabular-nums" role="status">
          {countOf(total, 'tag')}
          {q && ` with “${q}”`}
        </p>
      </div>
      {tags.length === 0 ? (
        <EmptyState title={q ? `No tag contains “${q}”` : 'There are no tags'}>
          {q && (
            <a className="link" href={repositoryLink(at)}>
              Show all tags
            </a>
          )}
        </EmptyState>
      ) : (
        <TagTable
          isMirrored={mirror !== null}
          repository={at}
          sort={{ by: sort, direction, href: sortHref }}
          tags={tags}
        />
      )}
      <Pager
        href={(to) => repositoryLink(at, { ...state, page: to === 1 ? null : to })}
        label="Pages of tags"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
      {mirror && (
        <TagsElsewhere
          host={mirror.host}
          tags={await listTagsElsewhere(getApp(), { repositoryId: repository.id, limit: MAX_NAMES })}
        />
      )}
    </section>
  );
}
