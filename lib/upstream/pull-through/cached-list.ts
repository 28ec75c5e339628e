// Caches lists of an upstream. A list is fresh as long as a tag is. After that its stale copy is served while the
// upstream fails.
import type { z } from 'zod';
import { NO_ROW } from '#lib/repositories/find-repository.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { isUpstreamFailure } from './request-upstream.ts';
import { COUNT_OF_STATUS } from './cache-stats.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import type { FetchedMirror } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };
/** A list of an upstream. `key` names it among those of the repository. */
export type UpstreamList<Schema extends z.ZodType> = {
  repository: FetchedMirror;
  key: string;
  schema: Schema;
  fetch: () => Promise<z.output<Schema>>;
};
type Found<Schema extends z.ZodType> = { content: z.output<Schema>; status: CacheStatus };

/** Reads a list for a client, and counts how it was answered. */
export async function readCachedList<Schema extends z.ZodType>(
  app: App,
  list: UpstreamList<Schema>,
): Promise<Found<Schema>> {
  const result = await refreshList(app, list);
  app.upstream.stats.count(list.repository.upstream.upstreamId, COUNT_OF_STATUS[result.status]);
  return result;
}

/** Concurrent callers on this machine share one fetch. */
export async function refreshList<Schema extends z.ZodType>(
  app: App,
  list: UpstreamList<Schema>,
): Promise<Found<Schema>> {
  const flight = `${list.repository.registryKey} ${list.repository.name} ${list.key}`;
  return (await app.upstream.lists.run(flight, () => refresh(app, list, flight))) as Found<Schema>;
}

async function refresh<Schema extends z.ZodType>(
  app: App,
  { repository, key, schema, fetch }: UpstreamList<Schema>,
  flight: string,
): Promise<Found<Schema>> {
  const settings = await loadUpstream(app, repository.upstream.upstreamId);
  const where = { repositoryId_key: { repositoryId: repository.id, key } };
  const row = await app.db.upstreamList.findUnique({ where });
  const known = schema.safeParse(row?.content);
  const ageMs = row ? Date.now() - row.checkedAt.getTime() : Infinity;
  if (known.success && ageMs < settings.tagTtlSeconds * 1000) return { content: known.data, status: 'HIT' };
  const owned = await app.upstream.owners?.list(flight, { repository, key });
  if (owned) return { content: schema.parse(owned.content), status: owned.status };
  try {
    const content = await fetch();
    await store(app, { repositoryId: repository.id, key, content: content as Prisma.InputJsonValue });
    return { content, status: 'MISS' };
  } catch (error) {
    if (!known.success || !isUpstreamFailure(error) || ageMs > settings.staleSeconds * 1000) throw error;
    return { content: known.data, status: 'STALE' };
  }
}

/** Skips a repository without a row, which nothing was pulled from yet. */
async function store(
  app: App,
  { repositoryId, key, content }: { repositoryId: bigint; key: string; content: Prisma.InputJsonValue },
): Promise<void> {
  if (repositoryId === NO_ROW) return;
  const data = { content, checkedAt: new Date() };
  await app.db.upstreamList.upsert({
    where: { repositoryId_key: { repositoryId, key } },
    create: { repositoryId, key, ...data },
    update: data,
  });
}
