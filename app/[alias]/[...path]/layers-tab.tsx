import { repositoryLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getManifestPage } from '#lib/gallery/manifest-queries.ts';
import type { ImageView, TagView } from '#lib/gallery/tag-queries.ts';
import { getApp } from '#lib/app.ts';
import type { PlatformRow } from '#components/explorer/platform-table.tsx';
import { PillNav } from '#components/ui/pill-nav.tsx';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { LayersPart } from './image-parts.tsx';
import { loadConfig, loadHistory, loadPlatforms } from './load-image.ts';

type TabProps = { loaded: LoadedRepository; query: RawSearchParams; image: TagView | ImageView | null };

/** Shows how the image, or one platform of an index, was built. */
export async function LayersTab({ loaded, query, image }: TabProps) {
  const { repository } = loaded;
  const app = getApp();
  const shown = image && (await getManifestPage(app, { repositoryId: repository.id, digest: image.digest }));
  if (!image || !shown) return <EmptyState title="No image yet" />;
  const platforms = (await loadPlatforms(loaded, shown)).filter(({ kind }) => kind === 'manifest');
  const chosen = choosePlatform(platforms, textParam(query, 'platform'));
  const view = chosen ? await getManifestPage(app, { repositoryId: repository.id, digest: chosen.digest }) : shown;
  const config = view && (await loadConfig(loaded, view));
  const at = { alias: repository.primaryAlias, name: repository.name };
  const tag = 'tag' in image ? image.tag : null;
  return (
    <section aria-labelledby="tab-title">
      <h2 className="mb-3" id="tab-title">
        <span className="text-muted">Layers of </span>
        <a
          className="link font-mono break-all"
          href={repositoryLink({ ...at, item: tag === null ? { digest: image.digest } : { tag } })}
        >
          {tag ?? image.digest}
        </a>
      </h2>
      {platforms.length > 0 && (
        <PillNav
          className="mb-4"
          isCode
          label="Platform"
          links={platforms.map((platform) => ({
            href: repositoryLink(
              { ...at, tab: 'layers' },
              { tag: textParam(query, 'tag'), digest: textParam(query, 'digest'), platform: platform.name },
            ),
            isCurrent: platform === chosen,
            content: platform.name,
          }))}
        />
      )}
      {view && !view.isIndex ? (
        <>
          <LayersPart config={config} history={await loadHistory(loaded, view, config)} />
          <p className="mt-3">
            <a className="link" href={repositoryLink({ ...at, item: { digest: view.digest } })}>
              Manifest and config
            </a>
          </p>
        </>
      ) : (
        <p className="text-muted">
          {view ? 'None of the listed platforms is stored here.' : 'This platform’s manifest isn’t stored here.'}
        </p>
      )}
    </section>
  );
}

/** Picks the requested platform, else the most common one, else any that is stored. */
function choosePlatform(platforms: PlatformRow[], asked: string): PlatformRow | undefined {
  const here = platforms.filter(({ href }) => href !== null);
  return platforms.find(({ name }) => name === asked) ?? here.find(({ name }) => name === 'linux/amd64') ?? here[0];
}
