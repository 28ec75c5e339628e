// Starts a very large site, to show that the cost of a pull or push doesn't depend on the site's size.
import { join } from 'node:path';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { seedGallery } from '../seed-gallery.ts';
import { startVitrine } from './start-peers.ts';
import { withSiteApp } from './with-site-app.ts';
import { fillTarget, SMALL_IMAGE, type Target } from './workloads.ts';
import { copyLatestTag, vacuum } from '../seed-gallery.sql.ts';

export type Growth = { repositories: number; tags: number };

/** Creates the site in `folder`. The repository that readers pull has all the tags. */
export async function startGrownVitrine(folder: string, { repositories, tags }: Growth): Promise<Target> {
  const dataDir = join(folder, `of-${repositories}`);
  await withSiteApp(dataDir, async (app) => {
    const onStep = (step: string) => console.log(`▸ seeding ${step} …`);
    await seedGallery(app, { repositories, tags: 10, onStep });
    onStep('search');
    await rebuildSearch(app, () => undefined);
  });
  const peer = await startVitrine('Vitrine', { dataDir });
  const target = await fillTarget(peer);
  await peer.stop();
  await withSiteApp(dataDir, async ({ pool }) => {
    await copyLatestTag(pool, { name: SMALL_IMAGE, count: tags });
    await vacuum(pool);
  });
  const name = `Vitrine, ${repositories} repositories, ${tags} tags`;
  return { ...target, ...(await startVitrine(name, { dataDir, account: peer })) };
}
