import type { Db } from '#lib/platform/pg/db.ts';
import { listFeedRows, type FeedItemRow } from './feed.sql.ts';
import { END_OF_TIME, writeFeedCursor, type FeedItemPosition } from './schema.ts';

type Named = { alias: string; name: string; at: Date };

export type FeedItem = Named &
  (
    | {
        kind: 'push';
        /** The tags that were pushed in a row, latest first. */
        tags: string[];
      }
    | { kind: 'repository'; description: string }
    | { kind: 'deprecation'; text: string }
  );

export type FeedPage = {
  items: FeedItem[];
  /** The cursor of the next page, or null at the end. */
  next: string | null;
};

export type ReadFeedInput = {
  userId: string;
  /** The position after which the page begins. Null for the first page. */
  before?: FeedItemPosition | null;
  /** Leaves out what isn't newer. */
  since?: Date;
  /** Pushed tags count one each. */
  limit: number;
};

/**
 * Reads what happened in the things a user follows, newest first. Computed from what is public now, so that a repository
 * that was hidden since doesn't appear.
 */
export async function readFeed(
  app: { db: Db },
  { userId, before = null, since = new Date(0), limit }: ReadFeedInput,
): Promise<FeedPage> {
  const rows = await listFeedRows(app.db, { userId, before: before ?? END_OF_TIME, since, limit });
  const last = rows.at(-1);
  return { items: groupRows(rows), next: rows.length === limit && last ? writeFeedCursor(last) : null };
}

/** Joins pushes to one repository that follow each other, because publishers push many tags at once. */
export function groupRows(rows: FeedItemRow[]): FeedItem[] {
  const items: FeedItem[] = [];
  for (const { source, alias, name, at, tag, description, deprecationText } of rows) {
    const last = items.at(-1);
    if (source === 'repository') items.push({ kind: 'repository', alias, name, at, description });
    else if (source === 'deprecation') items.push({ kind: 'deprecation', alias, name, at, text: deprecationText });
    else if (tag === null) continue;
    else if (last?.kind === 'push' && last.alias === alias && last.name === name) {
      if (!last.tags.includes(tag)) last.tags.push(tag);
    } else items.push({ kind: 'push', alias, name, at, tags: [tag] });
  }
  return items;
}
