import { isName, MAX_FULL_NAME_LENGTH } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import { decodePath } from './decode-path.ts';
import { parseParam, type Params } from './parse-params.ts';
import { DISTRIBUTION_ROUTES, type Route } from './routes.ts';

export type RouteMatch = { route: Route; fullName: string; params: Params };

/** Fits the longest name, a suffix and a SHA-512. */
const MAX_PATH_LENGTH = MAX_FULL_NAME_LENGTH + 250;

type Place = {
  /** The text between the name and the parameter, or the end. */
  words: string;
  param: keyof Params | null;
  routes: Route[];
};

/** One entry per suffix. Those without a parameter come first, because they are more specific. */
const PLACES: Place[] = [...Map.groupBy(DISTRIBUTION_ROUTES, ({ suffix }) => suffix)]
  .map(([suffix, routes]) => {
    const [words = '', param] = `/${suffix}`.split('/:');
    return { words, param: (param ?? null) as Place['param'], routes };
  })
  .sort((a, b) => Number(a.param !== null) - Number(b.param !== null));

/**
 * Finds the route of a path below /v2/. Decodes only harmless escapes (decode-path.ts), so `..`, `%2f` and `//` are
 * just characters that no name contains.
 * @throws AppError when no route matches, or when a name, tag or digest is malformed
 */
export function matchRoute(method: string, escapedPath: string): RouteMatch {
  const path = decodePath(escapedPath, MAX_PATH_LENGTH);
  if (path.length > MAX_PATH_LENGTH) throw new AppError('name_invalid', 'The path is too long.');
  // The spec writes POST …/blobs/uploads/, but some clients omit the last slash.
  const whole = path.endsWith('/uploads/') ? path.slice(0, -1) : path;
  const slash = whole.lastIndexOf('/');
  const head = whole.slice(0, Math.max(slash, 0));

  const place = PLACES.find(({ words, param }) => (param ? head : whole).endsWith(words));
  if (!place) throw new AppError('not_found', "This path doesn't exist.");
  const { words, param, routes } = place;
  const route = routes.find((candidate) => candidate.method === method);
  if (!route) throw new AppError('unsupported', `Only ${routes.map((r) => r.method).join(', ')} is supported here.`);

  const fullName = (param ? head : whole).slice(0, -words.length);
  if (!isName(fullName)) throw new AppError('name_invalid', 'The repository name is invalid.');
  return { route, fullName, params: parseParam(method, param, whole.slice(slash + 1)) };
}
