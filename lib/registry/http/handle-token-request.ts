// https://distribution.github.io/distribution/spec/auth/token/ (GET) and /oauth/ (POST)
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS, type Actor } from '#lib/identity/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { resolveActor } from '../credentials.ts';
import { grantRegistryToken } from '../grant-registry-token.ts';
import { authenticate, authenticatePassword } from './authenticate.ts';
import { tokenAuthority } from './challenge.ts';
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
    const actor = await resolveActor(app, await authenticate(app, req.headers.authorization));
    return sendToken(app, res, actor, query.getAll('scope'));
  }
  if (req.method === 'POST') {
    const form = new URLSearchParams((await readBody(req, MAX_FORM_BYTES)).toString('utf8'));
    return sendToken(app, res, await authenticateForm(app, form), form.getAll('scope'));
  }
  throw new AppError('unsupported', 'A token is asked for with GET or POST.');
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
  const granted = await grantRegistryToken({ pool: app.pool, authority: tokenAuthority(app) }, { actor, scopes });
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
