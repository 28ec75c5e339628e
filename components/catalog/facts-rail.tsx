import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import type { PullDay } from '#lib/gallery/insight-queries.ts';
import type { StatedFacts } from '#lib/gallery/repository/stated-facts.ts';
import type { ImageView, TagView } from '#lib/gallery/tag-queries.ts';
import type { Lineage } from '#lib/images/lineage/find-lineage.ts';
import { feedLink, publisherLink, quarantineLink, reportLink, repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatBytes, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { platformText } from '../tags/platform-text.ts';
import { PullSparkline } from '../pulls/pull-sparkline.tsx';
import { ShortDigest } from '../tags/short-digest.tsx';
import { Fact } from '../ui/fact.tsx';
import { LineageFacts } from './lineage-facts.tsx';
import { StatedByImage } from './stated-by-image.tsx';

type FactsRailProps = {
  repository: RepositoryPage;
  latest: TagView | null;
  image: TagView | ImageView | null;
  /** Whether the visitor chose `image`. */
  isSelected: boolean;
  /** What `image` states about itself. */
  facts: StatedFacts | null;
  /** What `image` is built on, and what is built on it. */
  lineage: Lineage | null;
  /** Recent days, oldest first. */
  pullDays: PullDay[];
  canQuarantine: boolean;
  isMirrored: boolean;
};

/** Facts in reading order: freshness, size and platforms, publisher. */
export function FactsRail(props: FactsRailProps) {
  const { repository, latest, image, isSelected, facts, lineage, pullDays, canQuarantine, isMirrored } = props;
  const { primaryAlias: alias, name } = repository;
  const createdAt = image?.imageCreatedAt ?? facts?.createdAt;
  const recentPulls = pullDays.reduce((sum, { count }) => sum + count, 0);
  const isOpen = repository.visibility === 'public' && repository.quarantineReason === null && repository.hasImage;
  const labels = [...repository.operatingSystems, ...repository.architectures];
  return (
    <aside aria-label="Facts" className="min-w-0 text-sm lg:border-l lg:border-line lg:pl-6">
      <dl className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-1">
        {image && isSelected && 'tag' in image && image.tag !== latest?.tag && (
          <Fact term="Selected tag">
            <a
              className="link font-mono wrap-anywhere"
              href={repositoryLink({ alias, name, item: { tag: image.tag } })}
            >
              {image.tag}
            </a>
          </Fact>
        )}
        {latest && (
          <Fact term={latest.tag === repository.featuredTag ? 'Featured tag' : 'Latest tag'}>
            <a className="link font-mono wrap-anywhere" href={repositoryLink({ alias, name }, { tag: latest.tag })}>
              {latest.tag}
            </a>
          </Fact>
        )}
        {image && (
          <>
            <Fact term={isMirrored ? 'Fetched' : 'Pushed'}>
              <TimeAgo date={image.pushedAt} />
            </Fact>
            {createdAt && (
              <Fact term="Image created">
                <TimeAgo date={createdAt} />
              </Fact>
            )}
            <Fact term="Digest">
              <ShortDigest digest={image.digest} />
            </Fact>
            <SizeFact image={image} />
          </>
        )}
        {lineage && <LineageFacts lineage={lineage} />}
        <Fact term="Pulls">
          <span className="tabular-nums">{formatCount(repository.pullCount)}</span>
          <PullSparkline days={pullDays} />
          {recentPulls > 0 && (
            <a className="link text-xs tabular-nums" href={repositoryLink({ alias, name, tab: 'insights' })}>
              {formatCount(recentPulls)} in {pullDays.length} days
            </a>
          )}
        </Fact>
        {labels.length > 0 && (
          <Fact term="Supports">
            <span className="flex flex-wrap gap-1">
              {labels.map((label) => (
                <Chip key={label}>{label}</Chip>
              ))}
            </span>
          </Fact>
        )}
        <Fact term="Publisher">
          <a className="link" href={publisherLink(alias)}>
            {repository.publisherName || alias}
          </a>
        </Fact>
        <Fact term="Created">
          <TimeAgo date={repository.createdAt} />
        </Fact>
      </dl>
      {facts && <StatedByImage facts={facts} />}
      <ul className="mt-6 flex flex-wrap gap-x-4 gap-y-1 lg:flex-col">
        {isOpen && (
          <li>
            <a className="text-muted hover:text-ink" href={feedLink({ alias, name })}>
              Push feed
            </a>
          </li>
        )}
        {isOpen && (
          <li>
            <a className="text-muted hover:text-ink" href={reportLink(`${alias}/${name}`)} rel="nofollow">
              Report this page
            </a>
          </li>
        )}
        {canQuarantine && (
          <li>
            <a className="text-muted hover:text-ink" href={quarantineLink(`${alias}/${name}`)}>
              {repository.quarantineReason === null ? 'Quarantine repository' : 'Quarantine'}
            </a>
          </li>
        )}
      </ul>
    </aside>
  );
}

function SizeFact({ image }: { image: ImageView }) {
  if (image.platforms.length === 0) return <Fact term="Size">{formatBytes(image.sizeBytes)}</Fact>;
  return (
    <Fact term={image.platforms.length === 1 ? 'Platform' : 'Platforms'}>
      <ul className="flex flex-col gap-0.5">
        {image.platforms.map((platform) => (
          <li className="flex justify-between gap-3" key={platform.digest + platformText(platform)}>
            <span className="min-w-0 font-mono break-words">{platformText(platform)}</span>
            <span className="whitespace-nowrap text-muted tabular-nums">
              {platform.sizeBytes === null ? 'not stored here' : formatBytes(platform.sizeBytes)}
            </span>
          </li>
        ))}
      </ul>
    </Fact>
  );
}
