import { redirect } from 'next/navigation';
import { NoTags } from '#components/tags/no-tags.tsx';
import { PlatformMatrix } from '#components/tags/platform-matrix.tsx';
import { TagFilter } from '#components/tags/tag-filter.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { TagTable } from '#components/tags/tag-table.tsx';
import { TagsElsewhereTable } from '#components/tags/tags-elsewhere.tsx';
import { repositoryLink } from '#components/links.ts';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { RECENT_DAYS } from '#lib/gallery/insight-queries.ts';
import { listTagRows } from '#lib/gallery/tag-list-queries.ts';
import { countTags } from '#lib/gallery/tag-list-queries.sql.ts';
import { TAG_SORTS, USUAL_DIRECTION, type TagOrder } from '#lib/gallery/tag-query.ts';
import { getApp } from '#lib/app.ts';
import { listTagsElsewhere, type MirrorSourceInfo } from '#lib/upstream/mirrors/queries.ts';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';

const PAGE_SIZE = 50;
const MAX_NAMES = 200;

/** Orders offered by name. The column headings offer both directions. */
const ORDERS = {
  pushed: { sort: 'pushed', direction: 'desc' },
  version: { sort: 'name', direction: 'desc' },
  pulls: { sort: 'pulls', direction: 'desc' },
  size: { sort: 'size', direction: 'desc' },
} as const satisfies Record<string, TagOrder>;
const ORDER_NAMES = ['pushed', 'version', 'pulls', 'size'] as const;

const VIEWS = ['list', 'platforms'] as const;

type TagsTabProps = { repository: RepositoryPage; query: RawSearchParams; mirror: MirrorSourceInfo | null };

/** Filter, order and page come from the URL and run in the database. */
export async function TagsTab({ repository, query, mirror }: TagsTabProps) {
  const q = textParam(query, 'q');
  const sort = choiceParam(query, 'sort', TAG_SORTS) ?? 'pushed';
  const direction = choiceParam(query, 'dir', ['asc', 'desc'] as const) ?? USUAL_DIRECTION[sort];
  const page = pageParam(query);
  const isAttached = choiceParam(query, 'show', ['attached'] as const) === 'attached';
  const show = isAttached ? 'attached' : null;
  const viewed = choiceParam(query, 'view', VIEWS) ?? 'list';
  const view = viewed === 'list' ? null : viewed;
  const asked = { repositoryId: repository.id, query: q, sort, direction };
  const [{ tags, total }, other] = await Promise.all([
    listTagRows(getApp(), { ...asked, isAttached, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE }),
    countTags(getApp(), { ...asked, isAttached: !isAttached }),
  ]);
  const at = { alias: repository.primaryAlias, name: repository.name, tab: 'tags' } as const;
  const order = orderQuery({ sort, direction });
  const pageHref = (to: number) => repositoryLink(at, { q, ...order, show, view, page: to === 1 ? null : to });
  if (tags.length === 0 && total > 0) redirect(pageHref(Math.ceil(total / PAGE_SIZE)));
  const orderHref = (to: TagOrder) => repositoryLink(at, { q, ...orderQuery(to), show, view });
  const current = ORDER_NAMES.find((name) => ORDERS[name].sort === sort && ORDERS[name].direction === direction);
  return (
    <section aria-labelledby="tab-title">
      <h2 className="sr-only" id="tab-title">
        Tags
      </h2>
      <TagFilter kept={{ ...order, show, view }} path={repositoryLink(at)} q={q} />
      <div className="mt-3 mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 text-sm break-words text-muted tabular-nums" role="status">
          {isAttached
            ? countOf(total, 'attachment or build cache', 'attachments and build caches')
            : countOf(total, 'tag')}
          {q && (q.includes(':') ? ' on ' : ' with ')}
          {q && `“${q}”`}
        </p>
        <div className="flex flex-wrap gap-x-6">
          {!isAttached && (
            <ChoiceLinks
              current={viewed}
              href={(to) =>
                repositoryLink(at, { q, ...order, view: to === 'list' ? null : to, page: page === 1 ? null : page })
              }
              label="View"
              labels={{ list: 'List', platforms: 'Platforms' }}
              values={VIEWS}
            />
          )}
          <ChoiceLinks
            current={current ?? ''}
            href={(name) => orderHref(ORDERS[name])}
            labels={{
              pushed: mirror ? 'Recently fetched' : 'Recently pushed',
              version: 'Newest version',
              pulls: 'Most pulled',
              size: 'Largest',
            }}
            values={ORDER_NAMES}
          />
        </div>
      </div>
      {tags.length === 0 ? (
        <NoTags allHref={repositoryLink(at, { show })} isAttached={isAttached} query={q} />
      ) : view === 'platforms' && !isAttached ? (
        <PlatformMatrix repository={at} tags={tags} />
      ) : (
        <TagTable
          featuredTag={repository.featuredTag}
          isMirrored={mirror !== null}
          pullDays={RECENT_DAYS}
          repository={at}
          sort={{ by: sort, direction, href: orderHref }}
          tags={tags}
        />
      )}
      <Pager href={pageHref} label="Pages of tags" page={page} pageSize={PAGE_SIZE} total={total} />
      {(isAttached || other > 0) && (
        <p className="mt-3 text-sm text-muted">
          {isAttached
            ? 'Signatures, attestations, SBOMs and build caches have tags, but aren’t images. '
            : `${countOf(other, 'attachment or build cache', 'attachments and build caches')} not listed. `}
          <a className="link" href={repositoryLink(at, { q, ...order, show: isAttached ? null : 'attached' })}>
            {isAttached ? 'Show tags' : 'Show attachments'}
          </a>
        </p>
      )}
      {mirror && !isAttached && (
        <TagsElsewhereTable
          host={mirror.host}
          tags={await listTagsElsewhere(getApp(), { repositoryId: repository.id, limit: MAX_NAMES })}
        />
      )}
    </section>
  );
}

/** Omits defaults from the URL. */
function orderQuery({ sort, direction }: TagOrder) {
  return {
    sort: sort === 'pushed' ? null : sort,
    dir: direction === USUAL_DIRECTION[sort] ? null : direction,
  };
}
