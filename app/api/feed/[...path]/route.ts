// Atom: `/api/feed/ALIAS/NAME.atom` for tag changes and a deprecation, `/api/feed/ALIAS.atom` a publisher's new repositories.
import { feedLink, publisherLink, repositoryLink } from '#components/links.ts';
import { feedUpdated, tagUri, writeFeed, type Feed, type FeedEntry } from '#lib/api/feeds/write-feed.ts';
import { getApp } from '#lib/app.ts';
import type { Deprecation } from '#lib/repositories/deprecation/deprecation.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { getPublisherPage } from '#lib/gallery/gallery-queries.ts';
import { listTagMoves, type TagMove } from '#lib/gallery/insight-queries.ts';
import { listPublisherRepositories } from '#lib/gallery/publisher/list-publisher-repositories.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import {
  absoluteUrl,
  answerFileMissing,
  FILE_HEADERS,
  findPublicRepository,
  parseFilePath,
} from '../../../_lib/repository/public-files.ts';

const MAX_ENTRIES = 50;

export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const at = parseFilePath((await params).path, '.atom');
  const feed =
    at && (at.name === null ? await readPublisherFeed(at.alias) : await readRepositoryFeed(at.alias, at.name));
  if (!feed) return answerFileMissing('feed');
  return answerCacheable(request, {
    body: writeFeed(feed),
    lastModified: feedUpdated(feed),
    headers: {
      ...FILE_HEADERS,
      'Content-Type': 'application/atom+xml; charset=utf-8',
      'Cache-Control': 'public, max-age=60',
    },
  });
}

async function readRepositoryFeed(asked: string, name: string): Promise<Feed | null> {
  const app = getApp();
  const [found, registry] = await Promise.all([findPublicRepository(asked, name), findRegistryByAlias(app, asked)]);
  if (!found || !registry) return null;
  const { id: repositoryId, primaryAlias: alias, createdAt, deprecation } = found.repository;
  const id = (...parts: string[]) => tagUri(app.config.publicUrl, registry.registryId, name, ...parts);
  const moves = await listTagMoves(app, { repositoryId, limit: MAX_ENTRIES });
  // Names may contain slashes, but no part is `-`.
  const toEntry = (move: TagMove): FeedEntry => ({
    id: id('-', move.id),
    updated: move.at,
    title: `${alias}/${name}:${move.tag} ${moveText(move)}`,
    text: digestText(move),
    url: absoluteUrl(repositoryLink({ alias, name, tab: 'tags' }, { q: move.tag })),
  });
  const toNotice = ({ since, text }: Deprecation): FeedEntry => ({
    id: id('-', 'deprecation', String(since.getTime())),
    updated: since,
    title: `${alias}/${name} is deprecated`,
    text,
    url: absoluteUrl(repositoryLink({ alias, name })),
  });
  return {
    id: id(),
    title: `${alias}/${name}: tags`,
    author: alias,
    createdAt,
    url: absoluteUrl(repositoryLink({ alias, name })),
    selfUrl: absoluteUrl(feedLink({ alias, name })),
    entries: [...moves.map(toEntry), ...(deprecation ? [toNotice(deprecation)] : [])].toSorted(
      (a, b) => b.updated.getTime() - a.updated.getTime(),
    ),
  };
}

function moveText({ fromDigest, toDigest }: TagMove): string {
  if (toDigest === null) return 'was deleted';
  return fromDigest === null ? 'is new' : 'moved';
}

function digestText({ fromDigest, toDigest }: TagMove): string {
  if (toDigest === null) return `It was ${fromDigest}.`;
  return fromDigest === null ? `It is ${toDigest}.` : `It is ${toDigest} now, and was ${fromDigest}.`;
}

async function readPublisherFeed(asked: string): Promise<Feed | null> {
  const app = getApp();
  const [publisher, registry] = await Promise.all([getPublisherPage(app, asked), findRegistryByAlias(app, asked)]);
  if (!publisher || !registry) return null;
  const { primaryAlias: alias, registryId, displayName, createdAt } = publisher;
  const { repositories } = await listPublisherRepositories(app, {
    registryKey: registry.id,
    isMember: false,
    sort: 'created',
    offset: 0,
    limit: MAX_ENTRIES,
  });
  return {
    id: tagUri(app.config.publicUrl, registryId),
    title: `${displayName || alias}: new repositories`,
    author: displayName || alias,
    createdAt,
    url: absoluteUrl(publisherLink(alias)),
    selfUrl: absoluteUrl(feedLink({ alias })),
    entries: repositories.map(({ name, description, ...repository }) => ({
      id: tagUri(app.config.publicUrl, registryId, name),
      title: `${alias}/${name}`,
      text: description,
      url: absoluteUrl(repositoryLink({ alias, name })),
      updated: repository.createdAt,
    })),
  };
}
