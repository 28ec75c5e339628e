import type { IncomingMessage } from 'node:http';
import {
  authenticateLoginPassword,
  isStaleLogin,
  looksLikeForeignToken,
  looksLikeLoginPassword,
} from '#lib/identity/access-keys/login-password.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { verifyRegistryToken, type RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { authenticateTokenLogin, parseRoleUserName } from '#lib/publishers/roles/authenticate-token-login.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import { notAuthenticated, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import type { VerifiedTokens } from '#lib/distribution/hot-path/verified-tokens.ts';
import { tokenAuthority } from './challenge.ts';
import { readContext, type DistributionApp } from './distribution-request.ts';

const NO_CREDENTIALS: Credentials = { kind: 'none' };
/** The start of `AWS:…` in base64. */
const AUTHORIZATION_TOKEN = 'QVdTO';

/**
 * Reads the Authorization header. Ignores cookies.
 * @throws AppError `unauthenticated`; wrong credentials are never treated as anonymous
 */
export async function authenticate(app: DistributionApp, req: IncomingMessage): Promise<Credentials> {
  const header = req.headers.authorization;
  const known = recallCredentials(app, header);
  if (known) return known;
  const [scheme, value] = splitHeader(header ?? '');
  // ECR Public's documentation sends what GetAuthorizationToken answers as a bearer token, ECR's as Basic.
  if (scheme === 'basic' || (scheme === 'bearer' && value.startsWith(AUTHORIZATION_TOKEN)))
    return app.pullRights.learnPassword(header ?? '', () => authenticateBasic(app, req, value));
  if (scheme === 'bearer') return { kind: 'bearer', token: await verifyBearer(app, value) };
  throw notAuthenticated('Sign in with an access token as password.', null);
}

/** Recognizes anonymous requests and cached bearer tokens, synchronously. Null: call `authenticate`. */
export function recallCredentials(
  { verifiedTokens }: { verifiedTokens: VerifiedTokens },
  header: string | undefined,
): Credentials | null {
  if (header === undefined) return NO_CREDENTIALS;
  const [scheme, value] = splitHeader(header);
  const token = scheme === 'bearer' ? verifiedTokens.find(value) : null;
  return token && { kind: 'bearer', token };
}

/** Splits scheme and value (RFC 9110 §11.4). A header with more than one value has no supported scheme. */
function splitHeader(header: string): [scheme: string, value: string] {
  const text = header.trim();
  const space = text.indexOf(' ');
  const value = text.slice(space + 1).trimStart();
  return space < 0 || /\s/.test(value) ? ['', ''] : [text.slice(0, space).toLowerCase(), value];
}

async function verifyBearer(app: DistributionApp, text: string): Promise<RegistryToken> {
  try {
    const token = await verifyRegistryToken(tokenAuthority(app), text);
    app.verifiedTokens.add(text, token);
    return token;
  } catch (error) {
    throw isAppError(error) ? notAuthenticated(error.message, 'invalid_token') : error;
  }
}

async function authenticateBasic(app: DistributionApp, req: IncomingMessage, value: string): Promise<Credentials> {
  const { userName, password } = decodeBasic(value);
  // Podman and others send an empty user name and password for anonymous access.
  if (userName === '' && password === '') return { kind: 'none' };
  try {
    return { kind: 'password', principal: await authenticatePassword(app, req, { userName, password }) };
  } catch (error) {
    if (isAppError(error) && isStaleLogin(error)) return { kind: 'stale', refusal: error };
    throw error;
  }
}

/**
 * Authenticates by the password: an access token, what `aws ecr get-login-password` prints, or with a role as the user name
 * a workload's token. The others take any user name.
 */
export async function authenticatePassword(
  app: DistributionApp,
  req: IncomingMessage,
  { userName, password }: { userName: string; password: string },
) {
  if (userName === '') throw notAuthenticated('Enter any user name and an access token as the password.', null);
  const role = parseRoleUserName(userName);
  if (role && looksLikeForeignToken(password))
    return authenticateTokenLogin(app, { role, token: password, context: readContext(app, req) });
  if (looksLikeLoginPassword(password))
    return authenticateLoginPassword(app, {
      key: app.authKeys.loginPassword,
      password,
      address: readClientAddress(req),
    });
  return authenticateAccessToken(app, password);
}

function decodeBasic(value: string): { userName: string; password: string } {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw notAuthenticated('The Basic credentials are malformed.', null);
  return { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}
