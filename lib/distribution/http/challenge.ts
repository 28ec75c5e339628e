// https://distribution.github.io/distribution/spec/auth/token/
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { TokenAuthority } from '#lib/identity/credentials/registry-token.ts';
import type { RepositoryAction } from '#lib/access/schema.ts';
import type { AppError } from '#lib/platform/errors.ts';
import { isPrivateRequest } from '#lib/platform/http/listeners.ts';
import type { DistributionApp } from './distribution-request.ts';

const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/i;
const MAX_HOST_LENGTH = 255;

/** The scope that each action needs. A push starts by checking which blobs exist. */
const SCOPE_ACTIONS: Record<RepositoryAction, string> = { pull: 'pull', push: 'pull,push', delete: 'delete' };

export function toScope(fullName: string, action: RepositoryAction): string {
  return `repository:${fullName}:${SCOPE_ACTIONS[action]}`;
}

/** The audience doesn't depend on the host name that the client used. */
export function tokenAuthority(app: DistributionApp): TokenAuthority {
  return { key: app.authKeys.registryToken, service: hostName(app) };
}

/** For the refresh tokens that `docker login` stores. */
export function refreshAuthority(app: DistributionApp): TokenAuthority {
  return { key: app.authKeys.refreshToken, service: hostName(app) };
}

/** The host name that precedes an image's name. */
export function hostName(app: DistributionApp): string {
  return app.config.publicHost;
}

/**
 * Formats `WWW-Authenticate`, which says where to get a token and for which scope. Quotes all values, because some
 * clients can't parse others.
 */
export function formatChallenge(
  app: DistributionApp,
  req: IncomingMessage,
  error: AppError,
  scope: string | null,
): string {
  const parts = [`realm="${baseUrl(app, req)}/token"`, `service="${tokenAuthority(app).service}"`];
  if (scope) parts.push(`scope="${scope}"`);
  const reason = readReason(error);
  if (reason) parts.push(`error="${reason}"`);
  return `Bearer ${parts.join(',')}`;
}

function readReason(error: AppError): string | null {
  const { detail } = error;
  if (typeof detail !== 'object' || detail === null || !('reason' in detail)) return null;
  return typeof detail.reason === 'string' ? detail.reason : null;
}

/**
 * Returns the site's address for a client. Without PUBLIC_URL or PRIVATE_URL, it has the host that the client just used, because it
 * may not reach others.
 */
export function baseUrl({ config }: Pick<DistributionApp, 'config'>, req: IncomingMessage): string {
  const privateListener = isPrivateRequest(req) ? config.privateListener : null;
  const configured = privateListener ? privateListener.url : config.isPublicUrlSet ? config.publicUrl : null;
  if (configured !== null) return configured;
  const { host } = req.headers;
  if (!host || host.length > MAX_HOST_LENGTH || !HOST.test(host)) return config.publicUrl;
  const isTls = req.socket instanceof TLSSocket || req.headers['x-forwarded-proto'] === 'https';
  return `${isTls ? 'https' : 'http'}://${host}`;
}
