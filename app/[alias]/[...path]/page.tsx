import type { Metadata } from 'next';
import { FactsRail } from '#components/catalog/facts-rail.tsx';
import { JsonLd } from '#components/catalog/json-ld.tsx';
import { MirrorLine } from '#components/catalog/mirror-line.tsx';
import { pullCommand } from '#components/pulls/pull-commands.ts';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { RelatedRepositories } from '#components/catalog/related-repositories.tsx';
import { RepositoryHeader } from '#components/catalog/repository-header.tsx';
import { repositoryLink, type Query, type RepositoryItem, type RepositoryTab } from '#components/links.ts';
import { CodeLine } from '#components/ui/code-line.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import type { RepositoryPage as Repository } from '#lib/gallery/gallery-queries.ts';
import { findRelated } from '#lib/gallery/repository/find-related.ts';
import { listPullDays, type PullDay } from '#lib/gallery/insight-queries.ts';
import { CATEGORIES, isCategory } from '#lib/repositories/categories.ts';
import { findMirrorSource, type MirrorSourceInfo } from '#lib/upstream/mirrors/queries.ts';
import { getApp } from '#lib/app.ts';
import {
  findPageRepository,
  loadRepository,
  redirectToAddress,
  type LoadedRepository,
} from '../../_lib/repository/load-repository.ts';
import { isPublic, repositoryMetadata } from '../../_lib/repository/repository-metadata.ts';
import { repositoryJsonLd } from '../../_lib/repository/repository-json-ld.ts';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { AboutText, UsageText } from './page-texts.tsx';
import { AttentionButtons } from './attention-buttons.tsx';
import { InsightsTab } from './insights-tab.tsx';
import { ItemPage } from './item-page.tsx';
import { LayersTab } from './layers-tab.tsx';
import { requireItem } from './load-item.ts';
import { loadShownImages, selectionQuery, type ShownImages } from './load-shown-images.ts';
import { PullCard } from './pull.tsx';
import { SecurityTab } from './security-tab.tsx';
import { TagsTab } from './tags-tab.tsx';
import { UnknownImage } from './unknown-image.tsx';

const SPARKLINE_DAYS = 30;

type RepositoryPageProps = {
  params: Promise<{ alias: string; path: string[] }>;
  searchParams: Promise<RawSearchParams>;
};

const TAB_TITLES: Record<RepositoryTab, string> = {
  overview: 'Overview',
  usage: 'Usage',
  tags: 'Tags',
  layers: 'Layers',
  security: 'Security',
  insights: 'Insights',
};

export async function generateMetadata({ params }: RepositoryPageProps): Promise<Metadata> {
  const { alias, path } = await params;
  const loaded = await loadRepository(alias, path);
  const { repository, path: at } = loaded;
  if (at.item) await requireItem(repository.id, at.item);
  const name = `${repository.primaryAlias}/${repository.name}`;
  const title = titleOf(at, name);
  const canonical = repositoryLink({ ...at, alias: repository.primaryAlias, name: repository.name });
  // Folders and comparisons aren't indexed, because they are too many and expensive to render.
  const isEndless = at.item !== undefined && ('layer' in at.item || 'view' in at.item);
  if (!isPublic(repository) || isEndless) {
    return { title, alternates: { canonical }, robots: { index: false, follow: !isEndless } };
  }
  return repositoryMetadata(loaded, { title, canonical });
}

function titleOf(at: LoadedRepository['path'], name: string): string {
  if (at.item) return `${itemTitle(at.item)} · ${name}`;
  return at.tab === 'overview' ? name : `${TAB_TITLES[at.tab]} · ${name}`;
}

function itemTitle(item: RepositoryItem): string {
  if ('view' in item) return 'Compare';
  if ('tag' in item) return item.tag;
  return 'layer' in item ? `Layer ${shortDigest(item.layer)}` : shortDigest(item.digest);
}

function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}

export default async function RepositoryPage({ params, searchParams }: RepositoryPageProps) {
  const { alias, path } = await params;
  const query = await searchParams;
  const {
    path: { item },
    found: { id: repositoryId, upstream },
  } = await findPageRepository(alias, path);
  const [loaded, images, mirror, pullDays] = await Promise.all([
    loadRepository(alias, path),
    item ? null : loadShownImages(repositoryId, query),
    upstream && findMirrorSource(getApp(), { repositoryId }),
    item ? [] : listPullDays(getApp(), { repositoryId, days: SPARKLINE_DAYS }),
  ]);
  redirectToAddress(loaded, query);
  const { repository } = loaded;
  return (
    <SitePage>
      {isPublic(repository) && images && (
        <JsonLd json={repositoryJsonLd(repository, { image: images.shown, version: loaded.version })} />
      )}
      {repository.quarantineReason !== null && (
        <div className="mb-4">
          <Notice tone="warning">
            Quarantined. Pulls and pushes are blocked, and only members and admins can see this page. Reason:{' '}
            {repository.quarantineReason}
          </Notice>
        </div>
      )}
      <RepositoryHeader
        buttons={isPublic(repository) && <AttentionButtons repository={repository} />}
        canEdit={loaded.canEdit}
        repository={repository}
      />
      {mirror && <MirrorLine mirror={mirror} />}
      {item && (
        <div className="mt-5">
          <TabNav label="Repository" tabs={tabsOf(loaded, {})} />
          <div className="pt-5">
            <ItemPage item={item} loaded={loaded} query={query} />
          </div>
        </div>
      )}
      {images && <Tab images={images} loaded={loaded} mirror={mirror} pullDays={pullDays} query={query} />}
    </SitePage>
  );
}

type TabProps = {
  loaded: LoadedRepository;
  query: RawSearchParams;
  images: ShownImages;
  pullDays: PullDay[];
} & Mirrored;

function Tab({ loaded, query, images, mirror, pullDays }: TabProps) {
  const { repository } = loaded;
  const { latest, shown, unknown } = images;
  return (
    <div className="mt-5 grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        {unknown && <UnknownImage repository={repository} shown={shown} unknown={unknown} />}
        {shown ? (
          <PullCard image={shown} repository={repository} />
        ) : (
          <NothingHere mirror={mirror} repository={repository} />
        )}
        <div className="mt-5">
          <TabNav label="Repository" tabs={tabsOf(loaded, selectionQuery(images))} />
        </div>
        <div className="pt-5">
          <TabContent image={shown} loaded={loaded} mirror={mirror} query={query} />
        </div>
      </div>
      <FactsRail
        canQuarantine={loaded.canQuarantine}
        facts={images.facts}
        image={shown}
        isMirrored={mirror !== null}
        isSelected={images.isSelected}
        latest={latest}
        lineage={images.lineage}
        pullDays={pullDays}
        repository={repository}
      />
    </div>
  );
}

type Mirrored = { mirror: MirrorSourceInfo | null };

async function NothingHere({ repository, mirror }: { repository: Repository } & Mirrored) {
  const { host, isPlainHttp } = await getPullAddress();
  const address = `${host}/${repository.primaryAlias}/${repository.name}`;
  const isPrivate = repository.visibility === 'private';
  if (mirror) {
    const target = { address, reference: { tag: 'latest' }, isPlainHttp };
    return (
      <EmptyState title="No images yet">
        <p>
          {isPrivate
            ? 'Only members can see this page and pull from it. The first pull fetches the image:'
            : 'Only members can see this page. The repository appears in the gallery after the first pull:'}
        </p>
        <CodeLine code={pullCommand('docker', target)} label="Copy pull command" />
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No images yet">
      <p>
        {isPrivate
          ? 'Only members can see this page and pull from it. Push the first image:'
          : 'Only members can see this page. The repository appears in the gallery after the first push:'}
      </p>
      <PushGuide alias={repository.primaryAlias} host={host} name={repository.name} />
    </EmptyState>
  );
}

/** Tabs about one image keep the selected one. */
function tabsOf({ repository, path }: LoadedRepository, selection: Query) {
  return (['overview', 'usage', 'tags', 'layers', 'security', 'insights'] as const).map((tab) => ({
    text: TAB_TITLES[tab],
    href: repositoryLink({ ...path, tab, item: undefined }, tab === 'tags' || tab === 'insights' ? {} : selection),
    isCurrent: path.tab === tab,
    count: tab === 'tags' ? formatCount(repository.tagCount) : undefined,
  }));
}

function categoryLabel({ categories: [first = ''] }: Repository): string {
  return isCategory(first) ? CATEGORIES[first] : first;
}

type TabContentProps = Omit<TabProps, 'images' | 'pullDays'> & { image: ShownImages['shown'] };

async function TabContent({ loaded, query, mirror, image }: TabContentProps) {
  const { repository, path } = loaded;
  if (path.tab === 'tags') return <TagsTab mirror={mirror} query={query} repository={repository} />;
  if (path.tab === 'layers') return <LayersTab image={image} loaded={loaded} query={query} />;
  if (path.tab === 'security') return <SecurityTab image={image} loaded={loaded} />;
  if (path.tab === 'insights') return <InsightsTab query={query} repository={repository} />;
  const isOverview = path.tab === 'overview';
  return (
    <section aria-labelledby="tab-title">
      <h2 className="sr-only" id="tab-title">
        {TAB_TITLES[path.tab]}
      </h2>
      {isOverview ? <AboutText repository={repository} /> : <UsageText repository={repository} />}
      {isOverview && (
        <RelatedRepositories
          categoryLabel={categoryLabel(repository)}
          publisher={{ alias: repository.primaryAlias, name: repository.publisherName }}
          related={await findRelated(getApp(), repository)}
        />
      )}
    </section>
  );
}
