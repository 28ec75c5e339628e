// The text of a digest. It contains names and tags only, no texts of publishers, which could be used for spam.
import type { EmailMessage } from '#lib/platform/net/mailer.ts';
import type { FeedItem } from '#lib/following/read-feed.ts';
import type { DigestPeriod } from './digest-periods.ts';

export type DigestInput = {
  publicUrl: string;
  to: string;
  messageId: string;
  period: DigestPeriod;
  /** Newest first. */
  items: FeedItem[];
  /** Whether there are more than `items`. */
  hasMore: boolean;
  token: string;
};

const MAX_TAGS = 8;
const EVERY: Record<DigestPeriod, string> = { daily: 'day', weekly: 'week' };

export function writeDigest({ publicUrl, to, messageId, period, items, hasMore, token }: DigestInput): EmailMessage {
  const updates = mergePushes(items);
  const query = `token=${token}`;
  const text = [
    `What you follow on ${publicUrl} has news:`,
    ...updates.map((item) => `${describe(item)}\n${publicUrl}/${item.alias}/${item.name}`),
    `${hasMore ? 'There is more. ' : ''}All updates:\n${publicUrl}/console/following`,
    `You get this email once a ${EVERY[period]} if something happened. To stop it, open this link:\n${publicUrl}/console/following/unsubscribe?${query}`,
  ].join('\n\n');
  const count = `${updates.length}${hasMore ? '+' : ''}`;
  return {
    to,
    messageId,
    subject: count === '1' ? '1 update in what you follow' : `${count} updates in what you follow`,
    text: `${text}\n`,
    unsubscribeUrl: `${publicUrl}/api/unsubscribe?${query}`,
  };
}

/** One entry per repository for all of its pushes, in the place of the latest. */
function mergePushes(items: FeedItem[]): FeedItem[] {
  const merged: FeedItem[] = [];
  for (const item of items) {
    const same = merged.find((one) => one.kind === 'push' && one.alias === item.alias && one.name === item.name);
    if (item.kind !== 'push' || same?.kind !== 'push') merged.push(item.kind === 'push' ? { ...item } : item);
    else same.tags = [...new Set([...same.tags, ...item.tags])];
  }
  return merged;
}

function describe(item: FeedItem): string {
  const name = `${item.alias}/${item.name}`;
  if (item.kind === 'repository') return `${name} is new`;
  if (item.kind === 'deprecation') return `${name} is deprecated`;
  const more = item.tags.length - MAX_TAGS;
  return `${name}: pushed ${item.tags.slice(0, MAX_TAGS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
