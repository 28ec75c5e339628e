import type { Metadata } from 'next';
import { CONSOLE, CONSOLE_TABS, consoleRepositoryLink, type ConsoleTab } from '#components/links.ts';
import { ConsoleRepositoryHeader } from '#components/console/console-repository-header.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { ConsolePage } from '../../../../_lib/frames/console-page.tsx';
import { loadConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import type { RawSearchParams } from '../../../../_lib/search-params.ts';
import { AccessTab } from './access-tab.tsx';
import { ActivityTab } from './activity-tab.tsx';
import { DangerTab } from './danger-tab.tsx';
import { ImagesTab } from './images-tab.tsx';
import { LifecycleTab } from './lifecycle-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PullsTab } from './pulls-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';

type ConsoleRepositoryPageProps = {
  params: Promise<{ alias: string; name: string[] }>;
  searchParams: Promise<RawSearchParams>;
};

const TAB_TITLES: Record<ConsoleTab, string> = {
  overview: 'Overview',
  images: 'Images',
  settings: 'Settings',
  lifecycle: 'Lifecycle',
  access: 'Access',
  pulls: 'Pulls',
  activity: 'Activity',
  danger: 'Danger zone',
};
/** Tabs that only change things, which a quarantine forbids. */
const CHANGES: readonly ConsoleTab[] = ['settings', 'lifecycle', 'danger'];
const TABS = {
  overview: OverviewTab,
  images: ImagesTab,
  settings: SettingsTab,
  lifecycle: LifecycleTab,
  access: AccessTab,
  pulls: PullsTab,
  activity: ActivityTab,
  danger: DangerTab,
} as const;

export async function generateMetadata({ params }: ConsoleRepositoryPageProps): Promise<Metadata> {
  const { alias, name } = await params;
  const { path } = await loadConsoleRepository(alias, name.join('/'));
  return { title: `${TAB_TITLES[path.tab]} · ${path.alias}/${path.name}`, robots: { index: false } };
}

export default async function ConsoleRepositoryPage({ params, searchParams }: ConsoleRepositoryPageProps) {
  const { alias, name } = await params;
  const loaded = await loadConsoleRepository(alias, name.join('/'));
  const { caller, path, repository } = loaded;
  const Tab = TABS[path.tab];
  const isClosed = repository.quarantineReason !== null && CHANGES.includes(path.tab);
  return (
    <ConsolePage at={CONSOLE} caller={caller}>
      <ConsoleRepositoryHeader
        isDeprecated={loaded.catalogData.deprecatedAt !== null}
        path={path}
        repository={repository}
        tagMutability={loaded.catalogData.tagMutability}
      />
      <div className="mt-4">
        <TabNav
          label="Repository"
          tabs={CONSOLE_TABS.map((tab) => ({
            text: TAB_TITLES[tab],
            href: consoleRepositoryLink({ ...path, tab }),
            isCurrent: tab === path.tab,
          }))}
        />
      </div>
      <div className="pt-6">
        {isClosed ? (
          <p className="text-muted">You can’t change this repository while it is in quarantine.</p>
        ) : (
          <Tab loaded={loaded} query={await searchParams} />
        )}
      </div>
    </ConsolePage>
  );
}
