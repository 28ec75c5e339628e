import type { App } from '#lib/app.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { refreshHome } from '#lib/gallery/jobs/refresh-home.ts';
import { enqueueFeed } from '#lib/gallery/jobs/feed-search.ts';
import { markRecordedDelete } from '#lib/repositories/deletions/mark-recorded-delete.sql.ts';
import { removeSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { DEMO_EMAIL_DOMAIN } from './write/add-demo-publisher.ts';
import { deleteDemoTraces } from './write/delete-demo-traces.sql.ts';

/** A registry with all its repositories and their blobs' links is deleted at once. */
const TRANSACTION = { timeout: 60_000 };

/**
 * Removes every demo publisher with all it has, and what refers to it: reports, notifications, audit rows. Garbage
 * collection frees the blobs. Returns the number of publishers.
 */
export async function removeDemo(app: App): Promise<number> {
  const removed = await app.db.$transaction(async (tx) => {
    await markRecordedDelete(tx);
    const registries = await tx.registry.findMany({
      where: { isDemo: true },
      select: {
        id: true,
        logoId: true,
        aliases: { select: { name: true } },
        repositories: { select: { id: true, logoId: true } },
      },
    });
    const repositories = registries.flatMap((registry) => registry.repositories);
    await removeSearchDocuments(
      { db: tx },
      repositories.map(({ id }) => id),
    );
    await deleteDemoTraces(tx, {
      registryKeys: registries.map(({ id }) => id),
      aliases: registries.flatMap(({ aliases }) => aliases.map(({ name }) => name)),
      emailDomain: DEMO_EMAIL_DOMAIN,
    });
    const { count } = await tx.registry.deleteMany({ where: { isDemo: true } });
    const logoIds = [...registries, ...repositories].flatMap(({ logoId }) => (logoId === null ? [] : [logoId]));
    await tx.logo.deleteMany({
      where: { id: { in: logoIds }, registries: { none: {} }, repositories: { none: {} }, sites: { none: {} } },
    });
    await tx.user.deleteMany({ where: { email: { endsWith: `@${DEMO_EMAIL_DOMAIN}` } } });
    if (count > 0)
      await recordChange(tx, { caller: SYSTEM_CALLER, type: 'demo.remove', resource: { name: `${count} publishers` } });
    await enqueueFeed({ ...app, db: tx });
    return count;
  }, TRANSACTION);
  await refreshHome(app);
  return removed;
}
