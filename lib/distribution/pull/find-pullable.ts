import { findPulledRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type pg from 'pg';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { goOn, type MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import type { PullCache } from './pull-cache.ts';
import { findMirror, findRouted } from '#lib/upstream/mirrors/find-mirror.ts';

/** `namespace` is the host whose name it is; null: a full name of this site. */
export type PullName = { fullName: string; namespace: string | null };

/**
 * What a name stands for, whoever may see it. What is here comes first, private or not; only a name that nothing here has
 * is looked for elsewhere.
 * @throws AppError `repository_not_found` for a host that this site is no mirror of
 */
export function findPullable(
  app: { db: Db; pool: pg.Pool; pullCache: PullCache },
  { fullName, namespace }: PullName,
): MaybePromise<FoundRepository | null> {
  if (namespace !== null) return requireRouted(app, { host: namespace, name: fullName });
  const known = app.pullCache.repository(fullName, () => findPulledRepository(app, fullName));
  return goOn(known, (here) => here ?? findMirror(app, fullName));
}

async function requireRouted(
  app: { db: Db },
  { host, name }: { host: string; name: string },
): Promise<FoundRepository> {
  const routed = await findRouted(app, { host, name });
  if (routed) return routed;
  throw new AppError('repository_not_found', 'This site is no mirror of that registry.');
}
