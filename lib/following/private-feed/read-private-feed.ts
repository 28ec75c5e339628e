import { requireAllowed } from '#lib/access/authorize.ts';
import type { RequestContext } from '#lib/access/schema.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt } from '#lib/identity/sessions/count-attempt.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { listFeedRows, type FeedItemRow } from '#lib/following/feed.sql.ts';
import { END_OF_TIME, type FeedSource } from '#lib/following/schema.ts';
import { readSignedId } from '#lib/following/signed-id.ts';

export type PrivateFeedEntry = {
  /** Stays the same while tags are added to an entry. */
  id: string;
  kind: FeedSource;
  alias: string;
  name: string;
  at: Date;
  /** What one push pointed to `digest`, latest first. Empty unless it is a push. */
  tags: string[];
  digest: string | null;
  /** The description of a new repository, or the notice of a deprecation. */
  text: string;
};

export type PrivateFeedPage = { linkId: string; createdAt: Date; entries: PrivateFeedEntry[] };

/** Feed readers ask once or twice an hour. Several readers may share a URL. */
export const READS_PER_HOUR = 120;
/** Pushed tags count one each. */
const MAX_ROWS = 100;

/**
 * Reads what happened in the things that the holder of a feed URL follows. Shows only what everyone may see now.
 * @throws AppError `not_found` for URLs that were revoked, never issued, or belong to a disabled account; `rate_limited`
 */
export async function readPrivateFeed(
  app: { db: Db; authKeys: Pick<AuthKeys, 'feed'> },
  { token, context }: { token: string; context: RequestContext },
): Promise<PrivateFeedPage> {
  // A token without a valid signature costs no query.
  const id = readSignedId(app.authKeys.feed, token);
  const link = id === null ? null : await findLink(app, id);
  if (!link) throw new AppError('not_found', "This feed doesn't exist, or its URL was revoked.");
  // The URL can do no more than an access token that only reads.
  const principal = toUserPrincipal(link.user, [], 'read');
  requireAllowed({ principal, context, action: 'vitrine:ReadAccount' });
  await countAttempt(app, {
    key: attemptKey(`private feed ${link.id}`),
    limit: READS_PER_HOUR,
    sentence: 'Too many requests for this feed.',
  });
  const rows = await listFeedRows(app.db, {
    userId: link.userId,
    before: END_OF_TIME,
    since: new Date(0),
    limit: MAX_ROWS,
  });
  const entries = joinTags(rows);
  // The last entry may be cut off. Its id would change with the next push.
  if (rows.length === MAX_ROWS && entries.length > 1) entries.pop();
  return { linkId: link.id, createdAt: link.createdAt, entries };
}

function findLink(app: { db: Db }, id: string) {
  return app.db.feedLink.findFirst({ where: { id, user: { disabledAt: null } }, include: { user: true } });
}

/** Joins the tags that a push pointed to one manifest. */
function joinTags(rows: FeedItemRow[]): PrivateFeedEntry[] {
  const entries: PrivateFeedEntry[] = [];
  for (const { source, id, alias, name, at, tag, digest, description, deprecationText } of rows) {
    const last = entries.at(-1);
    const position = source === 'deprecation' ? `${id}/${at.getTime()}` : String(id);
    const entryId = `${source}/${position}`;
    if (tag !== null && last?.digest === digest && last.alias === alias && last.name === name) {
      last.id = entryId;
      if (!last.tags.includes(tag)) last.tags.push(tag);
      continue;
    }
    const text = { push: '', repository: description, deprecation: deprecationText }[source];
    entries.push({ id: entryId, kind: source, alias, name, at, tags: tag === null ? [] : [tag], digest, text });
  }
  return entries;
}
