// Errors about upstreams, worded for pulling clients. Messages and logged causes name hosts only, because URLs may be
// signed.
import { AppError, errorCode, isAppError } from '#lib/platform/errors.ts';
import { ADDRESS_NOT_ALLOWED } from '#lib/platform/net/checked-agent.ts';

export const RETRY_SECONDS = 10;
/** The cause of an error that is this site's doing and says nothing about the upstream. */
const BUSY = 'UPSTREAM_BUSY';

export function invalidUpstream(message: string, cause?: unknown): AppError {
  return new AppError('upstream_invalid', message, { cause });
}

export function unavailableUpstream(
  host: string,
  reason: string,
  options: { cause?: unknown; retryAfterSeconds?: number } = {},
): AppError {
  const retryAfterSeconds = options.retryAfterSeconds ?? RETRY_SECONDS;
  const message = `${host} ${reason}. Try again in ${describeSeconds(retryAfterSeconds)}.`;
  return new AppError('upstream_unavailable', message, { cause: options.cause, retryAfterSeconds });
}

export function rateLimitedUpstream(host: string, retryAfterSeconds: number): AppError {
  const message = `${host} is rate-limiting this site. Try again in ${describeSeconds(retryAfterSeconds)}.`;
  return new AppError('upstream_rate_limited', message, { retryAfterSeconds });
}

export function deniedUpstream(host: string, repository: string, hasCredentials: boolean): AppError {
  const how = hasCredentials ? 'with the configured credentials' : 'without credentials';
  return new AppError('upstream_denied', `${host} has no repository ${repository}, or denies pulling it ${how}.`);
}

export function busyUpstream(host: string): AppError {
  const cause = Object.assign(new Error('too many requests are waiting'), { code: BUSY });
  return unavailableUpstream(host, 'has too many requests from this site waiting', { cause });
}

export function isBusyUpstream(error: AppError): boolean {
  return errorCode(error.cause) === BUSY;
}

const UNTRUSTED = /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|HOSTNAME_MISMATCH)/;
const NOT_TLS = /^(?:EPROTO|ERR_SSL_|ERR_TLS_)/;

/**
 * One message for an unknown name, a forbidden address and a closed port, so that errors don't map the operator's
 * network.
 */
const UNREACHED = new RegExp(
  `^(?:${ADDRESS_NOT_ALLOWED}|ENOTFOUND|ENODATA|EAI_|ESERVFAIL|ETIMEOUT|EREFUSED|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)`,
);

/** Maps an error of Node's from a connection, a request or a body. */
export function toUpstreamError(host: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const code = errorCode(error) ?? '';
  if (UNREACHED.test(code)) return unavailableUpstream(host, "can't be reached from here", { cause: error });
  if (UNTRUSTED.test(code)) return invalidUpstream(`The certificate of ${host} isn't trusted (${code}).`, error);
  if (NOT_TLS.test(code)) return invalidUpstream(`${host} doesn't speak valid TLS (${code}).`, error);
  if (code.startsWith('HPE_')) return invalidUpstream(`${host} doesn't speak valid HTTP (${code}).`, error);
  return unavailableUpstream(host, `closed the connection (${code || 'no error code'})`, { cause: error });
}

function describeSeconds(seconds: number): string {
  if (seconds === 1) return 'a second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
