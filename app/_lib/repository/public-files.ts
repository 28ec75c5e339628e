// Shared by the endpoints for other sites: app/api/badge, feed, og, oembed.
import { getApp } from '#lib/app.ts';
import { ANONYMOUS_CALLER } from '#lib/access/schema.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getRepositoryPage, type RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { isName } from '#lib/oci/name.ts';

export const FILE_HEADERS = {
  // Grants no rights to a picture or feed that is opened as a page.
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
};

export type FilePath = { alias: string; name: string | null };

/** `ALIAS.ext` or `ALIAS/NAME.ext`; null for anything else. */
export function parseFilePath(path: string[], extension: string): FilePath | null {
  const joined = path.join('/');
  if (!joined.endsWith(extension)) return null;
  const [alias = '', ...rest] = joined.slice(0, joined.length - extension.length).split('/');
  const name = rest.join('/');
  if (rest.length === 0) return isName(alias) ? { alias, name: null } : null;
  return isName(`${alias}/${name}`) ? { alias, name } : null;
}

export type PublicRepository = { repository: RepositoryPage; version: number };

/** Finds a repository as an anonymous visitor sees it, because caches and other sites show these files. */
export async function findPublicRepository(alias: string, name: string): Promise<PublicRepository | null> {
  const app = getApp();
  const found = await findVisibleRepository(app, { caller: ANONYMOUS_CALLER, fullName: `${alias}/${name}` });
  if (!found) return null;
  return { repository: await getRepositoryPage(app, { repositoryId: found.id }), version: found.version };
}

export function absoluteUrl(path: string): string {
  return getApp().config.publicUrl + path;
}

export function answerFileBusy(what: string): Response {
  const own = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', 'Retry-After': '5' };
  return new Response(`The ${what} can't be generated right now. Try again in a few seconds.\n`, {
    status: 503,
    headers: { ...FILE_HEADERS, ...own },
  });
}

export function answerFileMissing(what: string): Response {
  const headers = { ...FILE_HEADERS, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
  return new Response(`The ${what} doesn't exist.\n`, { status: 404, headers });
}
