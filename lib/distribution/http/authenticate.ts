import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { verifyRegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { goOn, type MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import { notAuthenticated, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import { tokenAuthority } from './challenge.ts';
import type { DistributionApp } from './distribution-request.ts';

/**
 * Reads the Authorization header; cookies count for nothing here.
 * @throws AppError `unauthenticated`: wrong credentials are never taken for none
 */
export function authenticate(app: DistributionApp, header: string | undefined): MaybePromise<Credentials> {
  if (header === undefined) return { kind: 'none' };
  const [scheme, value] = splitHeader(header);
  if (scheme === 'basic') return authenticateBasic(app, value);
  if (scheme === 'bearer') return authenticateBearer(app, value);
  throw notAuthenticated('Sign in with an access token as password.', null);
}

/** RFC 9110 §11.4. What has more than a scheme and a value is neither of the two that are known here. */
function splitHeader(header: string): [scheme: string, value: string] {
  const text = header.trim();
  const space = text.indexOf(' ');
  const value = text.slice(space + 1).trimStart();
  return space < 0 || /\s/.test(value) ? ['', ''] : [text.slice(0, space).toLowerCase(), value];
}

function authenticateBearer(app: DistributionApp, value: string): MaybePromise<Credentials> {
  const verified = verifyRegistryToken(tokenAuthority(app), value);
  const checked = verified instanceof Promise ? verified.catch(refuseToken) : verified;
  return goOn(checked, (token) => ({ kind: 'bearer', token }));
}

function refuseToken(error: unknown): never {
  throw isAppError(error) ? notAuthenticated(error.message, 'invalid_token') : error;
}

async function authenticateBasic(app: DistributionApp, value: string): Promise<Credentials> {
  const { userName, password } = decodeBasic(value);
  // Podman and others without an account send an empty name and password.
  if (userName === '' && password === '') return { kind: 'none' };
  return { kind: 'access_token', principal: await authenticatePassword(app, userName, password) };
}

/** The password is an access token, which names its user: any user name will do, but there must be one. */
export async function authenticatePassword(app: DistributionApp, userName: string, password: string) {
  if (userName === '') throw notAuthenticated('Give a user name, any one, and an access token as password.', null);
  return authenticateAccessToken(app, password);
}

function decodeBasic(value: string): { userName: string; password: string } {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw notAuthenticated('That is no user name and password.', null);
  return { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}
