import type { Metadata } from 'next';
import { CategoryLinks } from '#components/home/category-links.tsx';
import { RepositoryCards } from '#components/catalog/repository-cards.tsx';
import { PublisherTiles } from '#components/home/publisher-tiles.tsx';
import { RepositoryList } from '#components/home/repository-list.tsx';
import { SetupSteps } from '#components/home/setup-steps.tsx';
import { KIND_LABELS } from '#components/catalog/kind.ts';
import { DOCS, HOME, searchLink, SIGN_IN } from '#components/links.ts';
import { SearchField } from '#components/site/search-field.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf, formatCount } from '#components/ui/format-number.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { readSetupSteps } from '#lib/api/read-setup-steps.ts';
import { getApp } from '#lib/app.ts';
import { MAX_HOME_COUNT, readHome, type HomePage } from '#lib/gallery/home/read-home.ts';
import { KINDS } from '#lib/search/schema.ts';
import { siteDescription } from '#lib/site/schema.ts';
import { SitePage } from './_lib/frames/site-page.tsx';
import { getCaller } from './_lib/session/session.ts';

export const metadata: Metadata = { alternates: { canonical: HOME } };

export default async function Home() {
  const app = getApp();
  const [home, settings] = await Promise.all([readHome(app), app.siteSettings.read()]);
  return (
    <SitePage hasSearch={false}>
      <div className="mx-auto max-w-2xl pt-6 pb-10 sm:pt-12">
        <h1 className="mb-5 text-xl font-semibold tracking-tight text-balance sm:text-center sm:text-2xl" dir="auto">
          {siteDescription(settings).replace(/\.$/, '')}
        </h1>
        <SearchField isLarge />
        {home.total > 0 && <Ways total={home.total} />}
      </div>
      {home.total === 0 ? <EmptyGallery /> : <Gallery home={home} />}
    </SitePage>
  );
}

/** Ways into the gallery without a search. */
function Ways({ total }: { total: number }) {
  const count =
    total > MAX_HOME_COUNT
      ? `${formatCount(MAX_HOME_COUNT)}+ repositories`
      : countOf(total, 'repository', 'repositories');
  return (
    <ul className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1 sm:justify-center">
      <li>
        <a className="link inline-flex min-h-8 items-center font-medium" href={searchLink({})}>
          Explore {count}
        </a>
      </li>
      {KINDS.map((kind) => (
        <li key={kind}>
          <a className="link inline-flex min-h-8 items-center" href={searchLink({ kind })}>
            {KIND_LABELS[kind].many}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Gallery({
  home: { picks, categories, trending, newest, updated, publishers, newPublishers },
}: {
  home: HomePage;
}) {
  return (
    <div className="flex flex-col gap-10">
      <RepositoryCards hits={picks} title="Picked by this site" />
      <CategoryLinks categories={categories} />
      <div className={`grid gap-x-6 gap-y-8 md:grid-cols-2 ${trending.length > 0 ? 'lg:grid-cols-3' : ''}`}>
        <RepositoryList
          hits={trending}
          meta={({ pullsThisWeek }) => `${countOf(pullsThisWeek, 'pull')} this week`}
          more={{ text: 'Most pulled', href: searchLink({ sort: 'pulls' }) }}
          title="Trending"
        />
        <RepositoryList
          hits={updated}
          meta={({ pushedAt }) => (
            <>
              pushed <TimeAgo date={pushedAt} />
            </>
          )}
          more={{ text: 'All updates', href: searchLink({ sort: 'updated' }) }}
          title="Recently updated"
        />
        <RepositoryList
          hits={newest}
          meta={({ createdAt }) => (
            <>
              published <TimeAgo date={createdAt} />
            </>
          )}
          title="Newly published"
        />
      </div>
      <PublisherTiles areVerified publishers={publishers} />
      <PublisherTiles areVerified={false} publishers={newPublishers} />
    </div>
  );
}

/** Leads an admin through the first steps. Everyone else learns what will be here. */
async function EmptyGallery() {
  const caller = await getCaller();
  if (caller && isAllowed({ ...caller, action: 'vitrine:ReadSite' })) {
    return (
      <div className="mx-auto max-w-2xl">
        <SetupSteps steps={await readSetupSteps(getApp(), { caller })} />
      </div>
    );
  }
  return (
    <div className="mx-auto max-w-2xl">
      <EmptyState title="No images yet">
        <p>Public container images, Helm charts and other artifacts appear here after their first push.</p>
        <p className="flex flex-wrap gap-2">
          <a className="button" href={DOCS}>
            Push an image
          </a>
          {!caller && (
            <a className="button" href={SIGN_IN}>
              Sign in
            </a>
          )}
        </p>
      </EmptyState>
    </div>
  );
}
