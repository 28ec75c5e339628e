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
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import type { CacheStatus } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };
type ListKey<Schema> = { repository: MirroredRepository; key: string; schema: Schema };
type List<Schema extends z.ZodType> = { content: z.output<Schema>; status: CacheStatus };

export async function readCachedList<Schema extends z.ZodType>(
  app: App,
  list: ListKey<Schema>,
  fetchList: () => Promise<z.output<Schema>>,
): Promise<List<Schema>> {
  const { repository, key } = list;
  const flight = `${repository.registryKey} ${repository.name} ${key}`;
  const result = (await app.upstream.lists.run(flight, () => refresh(app, list, fetchList))) as List<Schema>;
  app.upstream.stats.count(repository.upstream.upstreamId, COUNT_OF_STATUS[result.status]);
  return result;
}

async function refresh<Schema extends z.ZodType>(
  app: App,
  { repository, key, schema }: ListKey<Schema>,
  fetchList: () => Promise<z.output<Schema>>,
): Promise<List<Schema>> {
  const settings = await loadUpstream(app, repository.upstream.upstreamId);
  const where = { repositoryId_key: { repositoryId: repository.id, key } };
  const row = await app.db.upstreamList.findUnique({ where });
  const known = schema.safeParse(row?.content);
  const ageMs = row ? Date.now() - row.checkedAt.getTime() : Infinity;
  if (known.success && ageMs < settings.tagTtlSeconds * 1000) return { content: known.data, status: 'HIT' };
  try {
    const content = await fetchList();
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
