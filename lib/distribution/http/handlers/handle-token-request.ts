// https://distribution.github.io/distribution/spec/auth/token/ (GET) and /oauth/ (POST)
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isStaleLogin } from '#lib/identity/access-keys/login-password.ts';
import { authenticateRefreshToken, issueRefreshToken } from '#lib/identity/credentials/refresh-token.ts';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { ANONYMOUS, type Principal, type UserPrincipal } from '#lib/access/schema.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { describePassword, resolvePrincipal } from '#lib/distribution/authorization/credentials.ts';
import { grantRegistryToken } from '#lib/distribution/authorization/grant-registry-token.ts';
import { authenticate, authenticatePassword } from '#lib/distribution/http/authenticate.ts';
import { hostName, refreshAuthority, tokenAuthority } from '#lib/distribution/http/challenge.ts';
import { limitTokenRequest } from '#lib/distribution/http/limit-requests.ts';
import { clientOf, recordFailedLogin } from '#lib/distribution/http/record-refused-request.ts';
import { readBody } from '#lib/distribution/http/read-body.ts';
import { readContext, type DistributionApp } from '#lib/distribution/http/distribution-request.ts';
import { sendJson } from '#lib/distribution/http/respond.ts';

const MAX_FORM_BYTES = 16 * 1024;

/**
 * The authenticated caller. `refreshToken` is null unless they sent an access token or a refresh token and asked for
 * one.
 */
type Login = {
  principal: Principal;
  refreshToken: string | null;
  /** The bearer token they sent, which limits the new one. */
  held?: RegistryToken | null;
  /** For the audit log. */
  credential?: 'refresh_token' | 'registry_token';
};

export async function handleTokenRequest(
  app: DistributionApp,
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
): Promise<void> {
  if (req.method === 'GET') {
    checkService(app, req, query.get('service'));
    const login = await identify(app, req, () => logInByHeader(app, req, query));
    return sendToken(app, { req, res }, login, query.getAll('scope'));
  }
  if (req.method === 'POST') {
    const form = new URLSearchParams((await readBody(req, MAX_FORM_BYTES)).toString('utf8'));
    checkService(app, req, form.get('service'));
    const login = await identify(app, req, () => logInByForm(app, req, form));
    return sendToken(app, { req, res }, login, form.getAll('scope'));
  }
  throw new AppError('unsupported', 'Request a token with GET or POST.');
}

/** Clients send back the service from the challenge. A password for another service must not be used here. */
function checkService(app: DistributionApp, req: IncomingMessage, service: string | null): void {
  if (!service || service === hostName(app)) return;
  if (!app.config.isPublicUrlSet && service === req.headers.host) return;
  throw new AppError('invalid_input', `The service must be ${hostName(app)}.`);
}

/** Rate-limits anonymous and failed requests. Valid credentials work from any network at any time. */
async function identify(app: DistributionApp, req: IncomingMessage, find: () => Promise<Login>): Promise<Login> {
  try {
    const login = await find();
    if (login.principal.kind === 'user') recordLogin(app, req, login.principal, login.credential);
    else limitTokenRequest(app, req);
    return login;
  } catch (error) {
    if (isAppError(error) && error.code === 'unauthenticated') {
      recordFailedLogin(app, req, error);
      limitTokenRequest(app, req);
    }
    throw error;
  }
}

function recordLogin(
  app: DistributionApp,
  req: IncomingMessage,
  principal: UserPrincipal,
  credential: Login['credential'],
): void {
  const who = describePassword(principal);
  const attempt = { ...who, credential: credential ?? who.credential };
  app.attemptLog.note({ action: 'login.succeed', target: '', ...attempt, ...clientOf(req) });
}

async function logInByHeader(app: DistributionApp, req: IncomingMessage, query: URLSearchParams): Promise<Login> {
  const credentials = await authenticate(app, req);
  // Docker keeps an old login and sends it for every image. Public ones must stay pullable.
  if (credentials.kind === 'stale' && asksForPulls(query)) return { principal: ANONYMOUS, refreshToken: null };
  const principal = await resolvePrincipal(app, credentials);
  // A bearer token is short-lived and scoped, so it can't be exchanged for a refresh token.
  const isOffline = query.get('offline_token') === 'true' && credentials.kind === 'password';
  const held = credentials.kind === 'bearer' ? credentials.token : null;
  return {
    principal,
    held,
    ...(held && { credential: 'registry_token' }),
    refreshToken: isOffline ? await keep(app, principal) : null,
  };
}

/** A login itself asks for no scope. */
function asksForPulls(parameters: URLSearchParams): boolean {
  const scopes = parameters.getAll('scope').flatMap((text) => text.split(' '));
  return scopes.length > 0 && scopes.every((scope) => scope.endsWith(':pull'));
}

async function logInByForm(app: DistributionApp, req: IncomingMessage, form: URLSearchParams): Promise<Login> {
  const isOffline = form.get('access_type') === 'offline';
  const grantType = form.get('grant_type');
  if (grantType === 'refresh_token') {
    const text = form.get('refresh_token') ?? '';
    const principal = await authenticateRefreshToken(app, { authority: refreshAuthority(app), text });
    // Return the same one, because clients don't store a new one.
    return { principal, credential: 'refresh_token', refreshToken: isOffline ? text : null };
  }
  // After this error, clients retry with GET.
  if (grantType !== 'password') throw new AppError('unsupported', 'grant_type must be password or refresh_token.');
  const userName = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (userName === '' && password === '') return { principal: ANONYMOUS, refreshToken: null };
  const principal = await authenticatePassword(app, req, { userName, password }).catch((error: unknown) => {
    if (isAppError(error) && isStaleLogin(error) && asksForPulls(form)) return ANONYMOUS;
    throw error;
  });
  return { principal, refreshToken: isOffline ? await keep(app, principal) : null };
}

async function keep(app: DistributionApp, principal: Principal): Promise<string | null> {
  if (principal.kind !== 'user' || principal.accessTokenId === undefined) return null;
  const { accessTokenId } = principal;
  return issueRefreshToken(app, { authority: refreshAuthority(app), principal: { ...principal, accessTokenId } });
}

async function sendToken(
  app: DistributionApp,
  { req, res }: { req: IncomingMessage; res: ServerResponse },
  { principal, refreshToken, held }: Login,
  scopes: string[],
): Promise<void> {
  const authority = tokenAuthority(app);
  const caller = { principal, context: readContext(app, req) };
  const granted = await grantRegistryToken({ ...app, authority }, { caller, scopes, held });
  const body = {
    // Old and new clients expect different names.
    token: granted.token,
    access_token: granted.token,
    expires_in: granted.expiresInSeconds,
    issued_at: granted.issuedAt.toISOString(),
    scope: granted.grants.map(({ name, actions }) => `repository:${name}:${actions.join(',')}`).join(' '),
    ...(refreshToken !== null && { refresh_token: refreshToken }),
  };
  sendJson(res, 200, body, { 'Cache-Control': 'no-store' });
}
