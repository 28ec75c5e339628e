import type { Db } from '#lib/platform/pg/db.ts';

export type ReadmeView = {
  /** A member of README_SOURCES. */
  source: string;
  url: string | null;
  /** Empty before the first successful fetch. */
  text: string;
  fetchedAt: Date | null;
  triedAt: Date | null;
  /** For the publisher. */
  problem: string | null;
};

/** Null unless the publisher has switched it on. The caller authorizes access to the repository. */
export async function getReadme(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<ReadmeView | null> {
  const select = { source: true, url: true, text: true, fetchedAt: true, triedAt: true, problem: true };
  return app.db.readme.findUnique({ where: { repositoryId }, select });
}
