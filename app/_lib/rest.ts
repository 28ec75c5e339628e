import 'server-only';
import { getApp, type App } from '#lib/app.ts';
import { authenticateAccessToken } from '#lib/identity/authenticate-access-token.ts';
import type { Caller } from '#lib/identity/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { problemResponse } from './problem.ts';

/**
 * The frame of every /api/v1 route that needs a user: access token → caller → `work` → JSON, or a problem document.
 * Only the Authorization header counts, never a cookie: no page elsewhere can make a browser act here.
 */
export async function withCaller(
  request: Request,
  work: (app: App, caller: Caller) => Promise<unknown>,
): Promise<Response> {
  try {
    const app = getApp();
    const actor = await authenticateAccessToken(app, readSecret(request));
    const address = request.headers.get('x-client-address');
    const body = await work(app, { actor, address, requestId: request.headers.get('x-request-id') });
    return Response.json(body, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    return problemResponse(error, request);
  }
}

/** `Bearer SECRET`, or Basic with the secret as the password. */
function readSecret(request: Request): string {
  const [scheme, credential] = (request.headers.get('authorization') ?? '').split(' ');
  if (credential && scheme?.toLowerCase() === 'bearer') return credential;
  if (credential && scheme?.toLowerCase() === 'basic') {
    const pair = Buffer.from(credential, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  throw new AppError('unauthenticated', 'Send an access token: `Authorization: Bearer vtr_…`. The console makes them.');
}
