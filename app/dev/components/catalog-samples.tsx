import { AvatarTile } from '#components/catalog/avatar-tile.tsx';
import { CompactRow, ListPanel } from '#components/catalog/compact-row.tsx';
import { FactsRail } from '#components/catalog/facts-rail.tsx';
import { Markdown } from '#components/catalog/markdown.tsx';
import { PullChart } from '#components/pulls/pull-chart.tsx';
import { PullSparkline } from '#components/pulls/pull-sparkline.tsx';
import { PublisherHeader } from '#components/publisher/publisher-header.tsx';
import { RepositoryHeader } from '#components/catalog/repository-header.tsx';
import { RepositoryRow } from '#components/catalog/repository-row.tsx';
import { ShortDigest } from '#components/tags/short-digest.tsx';
import { VerifiedBadge } from '#components/catalog/verified-badge.tsx';
import { getApp } from '#lib/app.ts';
import * as data from './sample-data.ts';
import { Sample } from './sample.tsx';

const MARKDOWN = `# A heading\n\nSome *text* with \`code\`, a [link](https://example.org) and a table.\n
| Variable | Default |\n| --- | --- |\n| \`PORT\` | 8080 |\n| \`${data.LONG_WORD}\` | ${data.LONG_TEXT} |\n
\`\`\`sh\ndocker run --rm -p 8080:8080 ${data.LONG_WORD}\n\`\`\`\n\n> A quotation.\n\n- one\n- two\n`;

export async function CatalogSamples() {
  const markdown = await getApp().markdown.render(MARKDOWN, 'samples');
  return (
    <>
      <Sample title="Rows of repositories: ordinary, matched, bare, very long">
        {() => (
          <ul className="rounded-lg border border-line">
            <RepositoryRow hit={data.HIT} query="web" />
            <RepositoryRow hit={data.BARE_HIT} />
            <RepositoryRow hit={data.LONG_HIT} query="kubernetes" />
          </ul>
        )}
      </Sample>
      <Sample title="Short lists: ordinary, very long, empty">
        {() => (
          <div className="grid gap-3">
            <ListPanel more={<a href="#more">All</a>} title="New publishers">
              <CompactRow
                href="#a"
                logoId={null}
                meta="3 repositories"
                tileName={data.PUBLISHER.displayName}
                title={data.PUBLISHER.alias}
              />
              <CompactRow href="#b" logoId={null} meta={data.LONG_TEXT} tileName="k" title={data.LONG_WORD} />
            </ListPanel>
            <ListPanel title="Most pulled">{null}</ListPanel>
          </div>
        )}
      </Sample>
      <Sample title="A repository's header: public, very long and private">
        {() => (
          <div className="grid gap-6">
            <RepositoryHeader canEdit={false} repository={data.REPOSITORY} />
            <RepositoryHeader canEdit repository={data.LONG_REPOSITORY} />
          </div>
        )}
      </Sample>
      <Sample title="A publisher's header: with a banner, very long without one">
        {() => (
          <div className="grid gap-6">
            <PublisherHeader publisher={data.PUBLISHER_PAGE} pullsThisWeek={4_321} />
            <PublisherHeader publisher={data.LONG_PUBLISHER_PAGE} pullsThisWeek={0} />
          </div>
        )}
      </Sample>
      <Sample title="Facts: ordinary, without an image">
        {() => (
          <div className="grid gap-6">
            <FactsRail {...RAIL} pullDays={data.PULL_DAYS} repository={data.REPOSITORY} />
            <FactsRail {...RAIL} pullDays={[]} repository={{ ...data.LONG_REPOSITORY, hasImage: false }} />
          </div>
        )}
      </Sample>
      <Sample title="Pulls: a month, and none">
        {() => (
          <div className="grid gap-4">
            <PullChart days={data.PULL_DAYS} />
            <PullSparkline days={data.PULL_DAYS} />
            <PullChart days={data.PULL_DAYS.map(({ day }) => ({ day, count: 0 }))} />
          </div>
        )}
      </Sample>
      <Sample title="Tiles, badge, digest">
        {() => (
          <div className="flex flex-wrap items-center gap-3">
            {(['small', 'medium', 'large', 'huge'] as const).map((size) => (
              <AvatarTile key={size} name="Lantern Works" size={size} />
            ))}
            <VerifiedBadge />
            <ShortDigest digest={data.DIGEST} />
          </div>
        )}
      </Sample>
      <Sample title="Texts of publishers: all of Markdown, nothing">
        {() => (
          <>
            <Markdown html={markdown} />
            <Markdown html="" />
          </>
        )}
      </Sample>
    </>
  );
}

const RAIL = {
  canQuarantine: false,
  image: null,
  isMirrored: false,
  isSelected: false,
  latest: null,
  facts: null,
  lineage: null,
};
