import { BadgeSnippets } from '#components/catalog/badge-snippets.tsx';
import { CardSnippet } from '#components/catalog/card-snippet.tsx';
import { PullChart } from '#components/pulls/pull-chart.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { TagMoves } from '#components/tags/tag-moves.tsx';
import { TagPullTable } from '#components/pulls/tag-pulls.tsx';
import { cardLink, repositoryLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getPullInsights, listTagMoves } from '#lib/gallery/insight-queries.ts';
import { CARD_HEIGHT, CARD_WIDTH, writeCardFrame } from '#lib/api/feeds/write-card.ts';
import { getApp } from '#lib/app.ts';
import { getVisitedOrigin } from '../../_lib/repository/pull-address.ts';
import { isPublic } from '../../_lib/repository/repository-metadata.ts';
import { choiceParam, type RawSearchParams } from '../../_lib/search-params.ts';

const MAX_MOVES = 20;
const SPANS = ['30', '90', '365'] as const;
const SPAN_LABELS = { '30': '30 days', '90': '90 days', '365': 'A year' } as const;

type InsightsTabProps = { repository: RepositoryPage; query: RawSearchParams };

export async function InsightsTab({ repository, query }: InsightsTabProps) {
  const span = choiceParam(query, 'days', SPANS) ?? '30';
  const repositoryId = repository.id;
  const [insights, moves, origin] = await Promise.all([
    getPullInsights(getApp(), { repositoryId, days: Number(span) }),
    listTagMoves(getApp(), { repositoryId, limit: MAX_MOVES }),
    getVisitedOrigin(),
  ]);
  const at = { alias: repository.primaryAlias, name: repository.name };
  const href = (days: string) => repositoryLink({ ...at, tab: 'insights' }, { days: days === '30' ? null : days });
  return (
    <section aria-labelledby="tab-title" className="flex flex-col gap-8">
      <div>
        <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <h2 className="text-lg font-semibold" id="tab-title">
            Pulls
          </h2>
          <ChoiceLinks current={span} href={href} label="Period" labels={SPAN_LABELS} values={SPANS} />
        </div>
        {insights.total === 0 ? (
          <EmptyState title="No pulls in this period">
            <p>Pulls by tag and by digest appear here within seconds.</p>
          </EmptyState>
        ) : (
          <PullChart days={insights.days} />
        )}
      </div>
      {insights.total > 0 && (
        <div>
          <h2 className="mb-2 text-lg font-semibold">By tag</h2>
          <TagPullTable insights={insights} repository={at} />
        </div>
      )}
      <div>
        <h2 className="mb-2 text-lg font-semibold">Tag activity</h2>
        {moves.length === 0 ? <p className="text-muted">No tags have been pushed yet.</p> : <TagMoves moves={moves} />}
      </div>
      {isPublic(repository) && (
        <div>
          <h2 className="mb-2 text-lg font-semibold">Badges</h2>
          <BadgeSnippets origin={origin} pageUrl={origin + repositoryLink(at)} repository={at} />
          <h2 className="mt-8 mb-2 text-lg font-semibold">Card</h2>
          <CardSnippet
            frame={writeCardFrame({ url: origin + cardLink(at), title: `${at.alias}/${at.name}`, width: CARD_WIDTH })}
            height={CARD_HEIGHT}
            repository={at}
          />
        </div>
      )}
    </section>
  );
}
