// The boundary of /api/v1: match → parse → authenticate → authorize → one use case → present. Cookies are ignored, so
// pages of other sites can't act through a browser.
import { denialMessage } from '#lib/access/actions.ts';
import { requireAllowed } from '#lib/access/authorize.ts';
import { hasApiAccess } from '#lib/access/reach.ts';
import type { z } from 'zod';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { ANONYMOUS, type Caller, type Principal, type RequestContext } from '#lib/access/schema.ts';
import { hasMoreValues } from '#lib/oci/json-limits.ts';
import { AppError, isAppError, toAppError } from '#lib/platform/errors.ts';
import { siteSeenFrom } from '#lib/platform/http/listeners.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { requireWritable } from '#lib/site/maintenance.ts';
import type { RestApp, RestRoute } from './define-route.ts';
import { recordRestRefusal } from './record-refusal.ts';
import { problemResponse } from './problem.ts';
import { readBodyBytes } from '../read-body-bytes.ts';
import { readSecret } from '../read-secret.ts';
import { requireReach } from './reach.ts';
import { requireStorable } from './require-storable.ts';
import { ROUTES } from './routes.ts';

/**
 * Fits the longest texts when escaped. Crafted JSON of this size takes 50 ms to parse, 1 MB takes four times as long.
 */
const MAX_BODY_BYTES = 384 * 1024;
const MAX_ANONYMOUS_BODY_BYTES = 32 * 1024;
/** Many times what any route accepts. */
const MAX_BODY_VALUES = 5_000;
const PREFIX = '/api/v1';

/** Handles any request below /api/v1. Never rejects. */
export async function handleRestRequest(app: RestApp, request: Request): Promise<Response> {
  const context = readContext(app, request);
  const { address, requestId } = context;
  let caller: Caller = { principal: ANONYMOUS, context };
  try {
    const url = new URL(request.url);
    const { route, params } = matchRoute(request.method, url.pathname.slice(PREFIX.length));
    if (requestId !== null) app.routeNames.set(requestId, `${PREFIX}${route.path}`);
    requireStorable(params);
    caller = await admit(app, request, route, context);
    const parsedParams = parsePart(route.params, params);
    const reached = await reach(app, route, caller, params);
    if (route.method !== 'GET' && !route.isOpenInMaintenance) await requireWritable(app);
    const input = {
      address,
      params: parsedParams,
      query: parsePart(route.query, requireStorable(Object.fromEntries(url.searchParams))),
      body: route.body ? parseInput(route.body, requireStorable(await readJson(request, route))) : undefined,
      bytes: route.rawBody ? await readBodyBytes(request, route.rawBody.maxBytes) : Buffer.alloc(0),
    };
    // A body may take hours to arrive, so check again that the token hasn't been revoked.
    const hasBody = route.body !== undefined || route.rawBody !== undefined;
    const isAskedAgain = hasBody && reached.principal.kind !== 'anonymous';
    const current = isAskedAgain ? await admit(app, request, route, context) : reached;
    return present(request, route, caller, await route.handle(app, { ...input, caller: current }));
  } catch (thrown) {
    const error = toAppError(thrown);
    recordRestRefusal(app, request, caller, error);
    app.counts.errors.add('api', error.code);
    if (error.code === 'internal' || error.code === 'unavailable') {
      app.log.error({ err: error, requestId, url: request.url }, 'API request failed');
    }
    return problemResponse(error, requestId);
  }
}

function matchRoute(method: string, path: string): { route: RestRoute; params: Record<string, string> } {
  const matches = ROUTES.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params ? [{ route, params }] : [];
  });
  const match = matches.find(({ route }) => route.method === method);
  if (match) return match;
  if (matches.length === 0) throw new AppError('not_found', `${PREFIX}${path} doesn't exist.`);
  throw new AppError('unsupported', `Only ${matches.map(({ route }) => route.method).join(', ')} is supported here.`);
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [names, values] = [pattern.split('/'), path.split('/')];
  if (names.length !== values.length) return null;
  const params: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const value = decodeSegment(values[i] ?? '');
    if (name.startsWith('{') && value) params[name.slice(1, -1)] = value;
    else if (name !== value) return null;
  }
  return params;
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function readContext({ config }: RestApp, { headers }: Request): RequestContext {
  return {
    address: headers.get('x-client-address'),
    requestId: headers.get('x-request-id'),
    userAgent: headers.get('user-agent'),
    site: siteSeenFrom(config, headers.get('x-listener')),
  };
}

/** Authenticates the caller and checks whether the route is open to them. */
async function admit(app: RestApp, request: Request, route: RestRoute, context: RequestContext): Promise<Caller> {
  const caller = { principal: await authenticate(app, request, route), context };
  authorize(route, caller);
  return caller;
}

/** A route open to anyone accepts requests without a credential, but still refuses an invalid one. */
async function authenticate(app: RestApp, request: Request, route: RestRoute): Promise<Principal> {
  if (route.access === 'anyone' && !request.headers.has('authorization')) return ANONYMOUS;
  return authenticateAccessToken(app, readSecret(request));
}

/** The coarse check: kind of credential and site role. Use cases authorize actions on objects. */
function authorize(route: RestRoute, caller: Caller): void {
  if (route.access === 'anyone' || route.access === 'token') return;
  const isRead = route.method === 'GET';
  const action = isRead ? 'vitrine:ReadAccount' : 'vitrine:ManageAccount';
  if (route.reach.to === 'account') requireAllowed({ ...caller, action });
  if (!hasApiAccess(caller.principal, isRead ? 'read' : 'write'))
    throw new AppError('forbidden', denialMessage(action));
  if (route.access === 'admin') requireAllowed({ ...caller, action: 'vitrine:ListSite' });
  if (route.access === 'reviewer') requireAllowed({ ...caller, action: 'vitrine:ListReviewQueue' });
}

/** The fine check: whether the token's scopes reach the object. Reads of public data fall back to anonymous. */
async function reach(app: RestApp, route: RestRoute, caller: Caller, params: Record<string, string>): Promise<Caller> {
  const asAnyone = { ...caller, principal: ANONYMOUS };
  try {
    if (route.access === 'anyone' && !hasApiAccess(caller.principal, 'read')) return asAnyone;
    await requireReach(app, caller, route.reach, params);
    return caller;
  } catch (error) {
    if (route.access === 'anyone' && isAppError(error)) return asAnyone;
    throw error;
  }
}

function parsePart(schema: z.ZodType | undefined, value: unknown): unknown {
  return schema ? parseInput(schema, value) : undefined;
}

async function readJson(request: Request, { access }: RestRoute): Promise<unknown> {
  const bytes = await readBodyBytes(request, access === 'anyone' ? MAX_ANONYMOUS_BODY_BYTES : MAX_BODY_BYTES);
  if (hasMoreValues(bytes, MAX_BODY_VALUES)) {
    throw new AppError('invalid_input', `The request body is limited to ${MAX_BODY_VALUES} values.`);
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('invalid_input', "The request body isn't valid JSON.", { cause });
  }
}

function present(request: Request, route: RestRoute, caller: Caller, result: unknown): Response {
  if (result instanceof Response) return result;
  if (route.isCacheable && route.output) return presentCacheable(request, caller, route.output.parse(result));
  const headers = { 'Cache-Control': 'no-store' };
  if (!route.output) return new Response(null, { status: 204, headers });
  return Response.json(route.output.parse(result), { status: route.status ?? 200, headers });
}

/** Shared caches may keep public responses. A response to a token is private to its bearer. */
function presentCacheable(request: Request, caller: Caller, body: unknown): Response {
  return answerCacheable(request, {
    body: JSON.stringify(body),
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': caller.principal.kind === 'user' ? 'private, no-cache' : 'public, max-age=0, s-maxage=30',
      Vary: 'Authorization',
      'Access-Control-Allow-Origin': '*',
    },
  });
}
