import type { Db } from '#lib/platform/pg/db.ts';
import { listEarlierTags } from './previous-version.sql.ts';

const MAX_LOOKED_AT = 50;
const VERSION = /^v?\d/;

/**
 * Finds the version before a tag: the nearest smaller one that is written alike, such as 1.9-alpine for 1.10-alpine, and
 * is another image. Null for a tag that isn't a version.
 */
export async function findPreviousVersion(
  app: { db: Db },
  { repositoryId, tag }: { repositoryId: bigint; tag: string },
): Promise<string | null> {
  if (!VERSION.test(tag)) return null;
  const [own, earlier] = await Promise.all([
    app.db.tag.findUnique({
      where: { repositoryId_name: { repositoryId, name: tag } },
      select: { manifestId: true },
    }),
    listEarlierTags(app.db, { repositoryId, tag, limit: MAX_LOOKED_AT }),
  ]);
  const form = formOf(tag);
  const found = earlier.find(({ name, manifestId }) => manifestId !== own?.manifestId && formOf(name) === form);
  return found?.name ?? null;
}

/** Versions with the same form differ only in their numbers. */
export function formOf(tag: string): string {
  return tag.replace(/\d+/g, '#');
}
