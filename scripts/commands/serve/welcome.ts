// Runs once a server listens: creates the first admin and the demo gallery, and prints what the operator needs.
import { ensureFirstAdmin } from '#lib/identity/accounts/ensure-first-admin.ts';
import type { App } from '#lib/app.ts';
import type { Step } from '#lib/prepare-database.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { getFeaturedTag } from '#lib/gallery/tag-queries.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import { addDemo } from '../../../prisma/seed/add-demo.ts';
import type { RunningServer } from '../../../server.ts';
import type { Say } from './say.ts';

export async function welcome({ app, url }: RunningServer, step: Step, say: Say): Promise<void> {
  if (app.config.role === 'worker') {
    say('Vitrine is running background jobs.');
    return;
  }
  const admin = await ensureFirstAdmin(app);
  if (await isDemoDue(app)) await step('demo gallery', () => addDemo(app));
  const example = await findExample(app);
  const host = new URL(url).host;
  const lines = [
    ['Vitrine is ready', url],
    ...(admin ? [['Admin (one-time)', `${url}/signin/link?secret=${admin.linkSecret}`]] : []),
    ...(example ? [['Pull', `docker pull ${host}/${example}`]] : []),
  ];
  say(...lines.map(([label = '', text = '']) => `  ${label.padEnd(18)}${text}`));
}

/**
 * Only for an embedded database without any registry, so that a real gallery never gets demo publishers, and only until
 * the demo has been removed once.
 */
async function isDemoDue({ config, db }: App): Promise<boolean> {
  if (config.databaseUrl !== undefined || !config.isDemoWanted) return false;
  if ((await db.registry.count({ where: { id: NOT_DELETED } })) > 0) return false;
  return (await db.auditEvent.findFirst({ where: { action: 'demo.remove' }, select: { id: true } })) === null;
}

/** Returns a reference that anyone can pull: the most pulled image, by the tag that its page shows. */
async function findExample(app: App): Promise<string | null> {
  const { hits } = await app.search.search({
    query: '',
    filters: { kind: 'image' },
    sort: 'pulls',
    offset: 0,
    limit: 1,
  });
  const hit = hits[0];
  if (!hit) return null;
  const fullName = `${hit.alias}/${hit.name}`;
  const repository = await findRepository(app, fullName);
  const shown = repository && (await getFeaturedTag(app, { repositoryId: repository.id }));
  return shown && `${fullName}:${shown.tag}`;
}
