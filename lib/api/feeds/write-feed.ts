// https://www.rfc-editor.org/rfc/rfc4287 (Atom)
import { cleanText, escapeXml } from './clean-text.ts';

export type FeedEntry = { id: string; title: string; text: string; url: string; updated: Date };

export type Feed = {
  id: string;
  title: string;
  author: string;
  /** The page that the feed belongs to. */
  url: string;
  /** The feed's own URL. */
  selfUrl: string;
  /** The feed's date without entries. */
  createdAt: Date;
  /** Latest first. */
  entries: FeedEntry[];
};

const MAX_TITLE = 300;
const MAX_TEXT = 2_000;

export function writeFeed(feed: Feed): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
    element('id', feed.id),
    element('title', feed.title, MAX_TITLE),
    element('updated', feedUpdated(feed).toISOString()),
    `<author>${element('name', feed.author)}</author>`,
    link('alternate', 'text/html', feed.url),
    link('self', 'application/atom+xml', feed.selfUrl),
    ...feed.entries.map(writeEntry),
    '</feed>\n',
  ].join('\n');
}

export function feedUpdated({ entries, createdAt }: Pick<Feed, 'entries' | 'createdAt'>): Date {
  return entries.reduce((latest, { updated }) => (updated > latest ? updated : latest), createdAt);
}

/**
 * A permanent tag URI (RFC 4151). It contains no alias, because readers show an entry again when its id changes.
 */
export function tagUri(publicUrl: string, ...parts: string[]): string {
  return `tag:${new URL(publicUrl).hostname},2026:${parts.join('/')}`;
}

function writeEntry({ id, title, text, url, updated }: FeedEntry): string {
  return [
    '<entry>',
    element('id', id),
    element('title', title, MAX_TITLE),
    element('updated', updated.toISOString()),
    link('alternate', 'text/html', url),
    `<content type="text">${escapeXml(cleanText(text, MAX_TEXT))}</content>`,
    '</entry>',
  ].join('\n');
}

function element(name: string, text: string, maxLength = 1_000): string {
  return `<${name}>${escapeXml(cleanText(text, maxLength))}</${name}>`;
}

function link(rel: string, type: string, href: string): string {
  return `<link rel="${rel}" type="${type}" href="${escapeXml(href)}"/>`;
}
