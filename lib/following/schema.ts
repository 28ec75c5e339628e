// Positions in the feed and periods of digests. Browser-safe.
import { z } from 'zod';

export const digestChoiceSchema = z.enum(['off', 'daily', 'weekly'], 'Choose off, daily or weekly.');
export type DigestChoice = z.output<typeof digestChoiceSchema>;

export const FEED_SOURCES = ['push', 'repository', 'deprecation'] as const;
/** `repository`: a new one of a followed publisher. */
export type FeedSource = (typeof FEED_SOURCES)[number];

/** The order of the feed. `id` is that of a tag event or a repository. */
export type FeedItemPosition = { at: Date; source: FeedSource; id: bigint };

/** The position before the first page. */
export const END_OF_TIME: FeedItemPosition = { at: new Date('9999-01-01T00:00:00Z'), source: 'push', id: 0n };

export function writeFeedCursor({ at, source, id }: FeedItemPosition): string {
  return `${at.getTime()}-${source}-${id}`;
}

/** Null for anything that `writeFeedCursor` didn't write. */
export function parseFeedCursor(text: string): FeedItemPosition | null {
  const [, time, name, id] = /^(\d{1,14})-([a-z]{1,20})-(\d{1,18})$/.exec(text) ?? [];
  const source = FEED_SOURCES.find((one) => one === name);
  if (time === undefined || id === undefined || !source) return null;
  return { at: new Date(Number(time)), source, id: BigInt(id) };
}
