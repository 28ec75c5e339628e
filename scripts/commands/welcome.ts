// Runs once a server listens: creates the first admin and the demo gallery, and prints what the operator needs.
import { ensureFirstAdmin } from '#lib/identity/accounts/ensure-first-admin.ts';
import type { App } from '#lib/app.ts';
import type { Step } from '#lib/prepare-database.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import { addDemo } from '../../prisma/seed/add-demo.ts';
import type { RunningServer } from '../../server.ts';

export async function welcome({ app, url }: RunningServer, step: Step): Promise<void> {
  if (app.config.role === 'worker') {
    console.log('\nVitrine is running background jobs.');
    return;
  }
  const admin = await ensureFirstAdmin(app);
  if (await isDemoDue(app)) await step('demo gallery', () => addDemo(app, localUrl(app)));
  const example = await findExample(app);
  const host = new URL(url).host;
  const lines = [
    ['Vitrine is ready', url],
    ...(admin ? [['Admin (one-time)', `${url}/signin/link?secret=${admin.linkSecret}`]] : []),
    ...(example ? [['Pull', `docker pull ${host}/${example}`]] : []),
  ];
  console.log(`\n${lines.map(([label = '', text = '']) => `  ${label.padEnd(18)}${text}`).join('\n')}\n`);
}

/** Only for an embedded database without any registry, so that a real gallery never gets demo publishers. */
async function isDemoDue(app: App): Promise<boolean> {
  const { databaseUrl, isDemoWanted } = app.config;
  return (
    databaseUrl === undefined && isDemoWanted && (await app.db.registry.count({ where: { id: NOT_DELETED } })) === 0
  );
}

/** The URL of this process's own distribution edge. */
function localUrl({ config: { host, port } }: App): string {
  const isAny = host === '0.0.0.0' || host === '::';
  return `http://${isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Returns a reference that anyone can pull: the most pulled image that has a tag. */
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
  const repository = await app.db.repository.findFirst({
    where: { name: hit.name, registry: { primaryAlias: { name: hit.alias } } },
    select: { tags: { orderBy: { pushedAt: 'desc' }, take: 1, select: { name: true } } },
  });
  const tag = repository?.tags[0]?.name;
  return tag ? `${hit.alias}/${hit.name}:${tag}` : null;
}
