import type pg from 'pg';
import { findPulledRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { findPulledRow } from '#lib/repositories/find-repository.sql.ts';
import { findFormerRow } from '#lib/repositories/moves/find-former.sql.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { findMirror, findRouted } from '#lib/upstream/mirrors/find-mirror.ts';

/** `namespace` is the registry host of the name. Null: `fullName` is a name on this site. */
export type PullName = { fullName: string; namespace: string | null };

/**
 * Resolves a name without checking access. Local repositories win, even private ones. A mirror answers only for names
 * that don't exist locally.
 * @throws AppError `repository_not_found` for a host that this site doesn't mirror
 */
export async function findPullable(
  app: { db: Db; pool: pg.Pool; pullCache: PullCache },
  { fullName, namespace }: PullName,
): Promise<FoundRepository | null> {
  if (namespace !== null) return requireRouted(app, { host: namespace, name: fullName });
  const here = await app.pullCache.repository(fullName, () => findPulledRepository(app, fullName));
  return here ?? findMirror(app, fullName);
}

/**
 * Repeats the lookups of a name that isn't here. A refused hidden repository would otherwise answer sooner than a
 * missing one, because only existing ones are cached.
 */
export async function repeatLookup(app: { db: Db; pool: pg.Pool }, fullName: string): Promise<void> {
  const parts = splitFullName(fullName);
  if (!parts) return;
  await findPulledRow(app.pool, parts);
  await findFormerRow(app.pool, { ...parts, userId: null });
  await findMirror(app, fullName);
}

async function requireRouted(
  app: { db: Db },
  { host, name }: { host: string; name: string },
): Promise<FoundRepository> {
  const routed = await findRouted(app, { host, name });
  if (routed) return routed;
  throw new AppError('repository_not_found', "This site doesn't mirror that registry.");
}
