import type { Peer } from './start-peers.ts';
import { withSiteApp } from './with-site-app.ts';
import { fillTarget, type Target } from './workloads.ts';

/** Pushes the same images again, into private repositories that only a token for them can pull. */
export async function fillPrivateTarget(peer: Peer): Promise<Target> {
  const target = await fillTarget({ ...peer, prefix: `${peer.prefix}private/` }, { isPrivate: true });
  if (peer.dataDir === null) throw new Error('the site has no data folder');
  await withSiteApp(peer.dataDir, async ({ db }) => {
    await db.repository.updateMany({ where: { name: { startsWith: 'private/' } }, data: { visibility: 'private' } });
  });
  return { ...target, name: 'private' };
}
