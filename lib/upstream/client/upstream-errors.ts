// What goes wrong with upstreams, in sentences for whoever pulls. They name hosts, never addresses with a path: those may
// be signed. The same goes for causes, which are logged.
import { AppError, errorCode, isAppError } from '#lib/platform/errors.ts';
import { ADDRESS_NOT_ALLOWED } from '#lib/platform/net/checked-agent.ts';

export const RETRY_SECONDS = 10;
/** Too much is under way here: nothing that the upstream did. */
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
  const message = `${host} lets no more requests through for now. Try again in ${describeSeconds(retryAfterSeconds)}.`;
  return new AppError('upstream_rate_limited', message, { retryAfterSeconds });
}

export function deniedUpstream(host: string, repository: string, hasCredentials: boolean): AppError {
  const who = hasCredentials ? 'to the credentials set for it' : 'without credentials';
  return new AppError('upstream_denied', `${repository} is not at ${host}, or may not be pulled ${who}.`);
}

export function busyUpstream(host: string): AppError {
  const cause = Object.assign(new Error('too many requests wait'), { code: BUSY });
  return unavailableUpstream(host, 'is being asked for too much from here', { cause });
}

export function isBusyUpstream(error: AppError): boolean {
  return errorCode(error.cause) === BUSY;
}

const UNTRUSTED = /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|HOSTNAME_MISMATCH)/;
const NOT_TLS = /^(?:EPROTO|ERR_SSL_|ERR_TLS_)/;

/** One answer for a name without an address, an address that is not allowed and a closed port: it must not map the operator's network. */
const UNREACHED = new RegExp(
  `^(?:${ADDRESS_NOT_ALLOWED}|ENOTFOUND|ENODATA|EAI_|ESERVFAIL|ETIMEOUT|EREFUSED|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)`,
);

/** What Node says of a connection, a request or a body. */
export function toUpstreamError(host: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const code = errorCode(error) ?? '';
  if (UNREACHED.test(code)) return unavailableUpstream(host, "can't be reached from here", { cause: error });
  if (UNTRUSTED.test(code)) return invalidUpstream(`The certificate of ${host} is not to be trusted (${code}).`, error);
  if (NOT_TLS.test(code)) return invalidUpstream(`${host} does not speak TLS as it should (${code}).`, error);
  if (code.startsWith('HPE_')) return invalidUpstream(`${host} does not answer in proper HTTP (${code}).`, error);
  return unavailableUpstream(host, `broke the connection off (${code || 'no reason'})`, { cause: error });
}

function describeSeconds(seconds: number): string {
  if (seconds === 1) return 'a second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
