import type { RepositoryFactsView } from '#lib/repositories/queries.ts';
import { Fact } from '../ui/fact.tsx';
import { formatBytes, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type RepositoryFactsProps = { facts: RepositoryFactsView; tagsHref: string };

/** The numbers of a repository at a glance. */
export function RepositoryFacts({ facts, tagsHref }: RepositoryFactsProps) {
  const { tagCount, manifestCount, pullCount, storedBytes, lastPushedAt, createdAt } = facts;
  return (
    <dl className="grid grid-cols-2 gap-x-8 gap-y-4 rounded-lg border border-line bg-surface p-4 tabular-nums sm:grid-cols-3 lg:grid-cols-6 [&_dt]:text-sm">
      <Fact term="Tags">
        <a className="link" href={tagsHref}>
          {formatCount(tagCount)}
        </a>
      </Fact>
      <Fact term="Manifests">{formatCount(manifestCount)}</Fact>
      <Fact term="Storage">{formatBytes(storedBytes)}</Fact>
      <Fact term="Pulls">{formatCount(pullCount)}</Fact>
      <Fact term="Last push">{lastPushedAt ? <TimeAgo date={lastPushedAt} /> : 'never'}</Fact>
      <Fact term="Created">
        <TimeAgo date={createdAt} />
      </Fact>
    </dl>
  );
}
