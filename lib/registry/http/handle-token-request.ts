// https://distribution.github.io/distribution/spec/auth/token/ (GET) and /oauth/ (POST)
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS, type Actor } from '#lib/identity/schema.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { resolveActor } from '../credentials.ts';
import { grantRegistryToken } from '../grant-registry-token.ts';
import { authenticate, authenticatePassword } from './authenticate.ts';
import { tokenAuthority } from './challenge.ts';
import { limitTokenRequest } from './limit-requests.ts';
import { readBody } from './read-body.ts';
import type { RegistryApp } from './registry-request.ts';
import { sendJson } from './respond.ts';

const MAX_FORM_BYTES = 16 * 1024;

export async function handleTokenRequest(
  app: RegistryApp,
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
): Promise<void> {
  if (req.method === 'GET') {
    const actor = await identify(app, req, async () =>
      resolveActor(app, await authenticate(app, req.headers.authorization)),
    );
    return sendToken(app, res, actor, query.getAll('scope'));
  }
  if (req.method === 'POST') {
    const form = new URLSearchParams((await readBody(req, MAX_FORM_BYTES)).toString('utf8'));
    const actor = await identify(app, req, () => authenticateForm(app, form));
    return sendToken(app, res, actor, form.getAll('scope'));
  }
  throw new AppError('unsupported', 'A token is asked for with GET or POST.');
}

/** Counts those who turn out to be nobody, or not who they say: valid credentials work from any network at any time. */
async function identify(app: RegistryApp, req: IncomingMessage, find: () => Promise<Actor>): Promise<Actor> {
  try {
    const actor = await find();
    if (actor.kind === 'anonymous') limitTokenRequest(app, req);
    return actor;
  } catch (error) {
    if (isAppError(error) && error.code === 'unauthenticated') limitTokenRequest(app, req);
    throw error;
  }
}

async function authenticateForm(app: RegistryApp, form: URLSearchParams): Promise<Actor> {
  // No refresh tokens are given out: an access token is one. Clients that get this answer ask again with GET.
  if (form.get('grant_type') !== 'password') throw new AppError('unsupported', 'The grant type here is password.');
  const userName = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (userName === '' && password === '') return ANONYMOUS;
  return authenticatePassword(app, userName, password);
}

async function sendToken(app: RegistryApp, res: ServerResponse, actor: Actor, scopes: string[]): Promise<void> {
  const granted = await grantRegistryToken({ db: app.db, authority: tokenAuthority(app) }, { actor, scopes });
  const body = {
    // Both names, for two generations of clients.
    token: granted.token,
    access_token: granted.token,
    expires_in: granted.expiresInSeconds,
    issued_at: granted.issuedAt.toISOString(),
    scope: granted.grants.map(({ name, actions }) => `repository:${name}:${actions.join(',')}`).join(' '),
  };
  sendJson(res, 200, body, { 'Cache-Control': 'no-store' });
}
