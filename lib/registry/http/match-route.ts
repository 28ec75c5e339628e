import { isName, MAX_FULL_NAME_LENGTH } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseParams, type Params } from './parse-params.ts';
import { ROUTES, type Route } from './routes.ts';

export type RouteMatch = { route: Route; fullName: string; params: Params };

/** A name, a suffix and a SHA-512: anything longer can only be refused. */
const MAX_PATH_LENGTH = MAX_FULL_NAME_LENGTH + 250;

/**
 * Each suffix once, with what can be done at it; those without a parameter first, for they are what is meant. By the last but one of
 * its segments, a word in all of them.
 */
const PLACES = Map.groupBy(
  [...new Set(ROUTES.map(({ suffix }) => suffix))]
    .sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')))
    .map((suffix) => ({ pattern: suffix.split('/'), routes: ROUTES.filter((route) => route.suffix === suffix) })),
  ({ pattern }) => pattern.at(-2),
);

/**
 * Finds the route of a path below /v2/, as it came: nothing is decoded or normalised, so `..`, `%2f` and `//` are just
 * characters that no name has.
 * @throws AppError for a path that has none, and for a malformed name, tag or digest
 */
export function matchRoute(method: string, path: string): RouteMatch {
  if (path.length > MAX_PATH_LENGTH) throw new AppError('name_invalid', 'The path is too long to hold a name.');
  const segments = path.split('/');
  // POST …/blobs/uploads/ is how the spec writes it; clients also leave the slash out.
  if (segments.at(-1) === '' && segments.at(-2) === 'uploads') segments.pop();

  const place = PLACES.get(segments.at(-2))?.find(({ pattern }) => endsWithPattern(segments, pattern));
  if (!place) throw new AppError('not_found', 'There is nothing at this path.');
  const { pattern, routes } = place;
  const route = routes.find((candidate) => candidate.method === method);
  if (!route) throw new AppError('unsupported', `Here only ${routes.map((r) => r.method).join(', ')} can be done.`);

  const fullName = segments.slice(0, -pattern.length).join('/');
  if (!isName(fullName)) throw new AppError('name_invalid', 'That is not the name of a repository.');
  return { route, fullName, params: parseParams(method, pattern, segments.slice(-pattern.length)) };
}

function endsWithPattern(segments: string[], pattern: string[]): boolean {
  const nameLength = segments.length - pattern.length;
  // At least one segment is left for the name.
  if (nameLength < 1) return false;
  return pattern.every((part, i) => part.startsWith(':') || part === segments[nameLength + i]);
}
