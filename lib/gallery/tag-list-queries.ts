// Lists tags of a repository. The database filters, sorts and pages, so their number doesn't matter.
import type { Db } from '#lib/platform/pg/db.ts';
import type { TagQuery } from './tag-query.ts';
import { countTags, listTagNames } from './tag-list-queries.sql.ts';
import { findTags, type TagView } from './tag-queries.ts';

export async function listTagRows(app: { db: Db }, query: TagQuery): Promise<{ tags: TagView[]; total: number }> {
  const [names, total] = await Promise.all([listTagNames(app.db, query), countTags(app, query)]);
  return { tags: await findTags(app, { repositoryId: query.repositoryId, names }), total };
}
