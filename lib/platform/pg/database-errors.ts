// Explains database connection errors to the operator.
import { AppError, errorCode } from '#lib/platform/errors.ts';

const UNTRUSTED = "its TLS certificate isn't trusted. Add sslrootcert=/path/to/ca.pem to the URL";

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host does not exist',
  EAI_AGAIN: "the host name can't be resolved at the moment",
  ETIMEDOUT: 'it does not respond',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ECONNRESET: 'it closed the connection',
  '28P01': 'the password is wrong',
  '28000': "the user isn't allowed to connect",
  '3D000': 'the database does not exist',
  '53300': 'it has no free connections. Raise its max_connections or lower DATABASE_POOL_SIZE',
  '57P03': 'it is starting up or shutting down',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
};

const MESSAGES: [RegExp, string][] = [
  [/does not support SSL/, 'it does not support TLS. Remove sslmode from the URL or enable TLS on the server'],
  [/no encryption|SSL (?:off|required)/, 'it requires TLS. Add sslmode=verify-full to the URL'],
  [/password must be a string/, 'it requires a password, but the URL has none'],
  [/timeout expired|connection timeout/, 'it does not respond'],
  [/Connection terminated/, 'it closed the connection'],
];

/** Transient errors, as opposed to configuration errors. */
const PASSING = new Set(
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].concat([
    ...['ECONNRESET', '53300', '57P01', '57P02', '57P03', '08006', '08001'],
  ]),
);
const PASSING_MESSAGE =
  /timeout expired|connection timeout|Connection terminated|server (?:conn crashed|login has been failing)/;

export function mayPass(cause: unknown): boolean {
  if (PASSING.has(errorCode(cause) ?? '')) return true;
  if (isMissingSocket(cause)) return true;
  return cause instanceof Error && PASSING_MESSAGE.test(cause.message);
}

/** Whether a socket doesn't exist yet, as opposed to a certificate file named in the URL. */
function isMissingSocket(cause: unknown): boolean {
  return errorCode(cause) === 'ENOENT' && (cause as NodeJS.ErrnoException).syscall === 'connect';
}

/** Omits the password. `variable` is the setting with the URL. */
export function connectionError(url: string, cause: unknown, variable = 'DATABASE_URL'): AppError {
  const { host, pathname, username } = new URL(url);
  const where = `${decodeURIComponent(username)}@${decodeURIComponent(host)}${pathname}`;
  const sentence = `The database at ${where} can't be used: ${reasonOf(cause)}. Check ${variable}.`;
  return new AppError('unavailable', sentence, { cause });
}

function reasonOf(cause: unknown): string {
  const code = errorCode(cause) ?? '';
  const message = cause instanceof Error ? cause.message : String(cause);
  const known = MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? REASONS[code];
  if (known) return known;
  if (code === 'ENOENT') {
    const { syscall, path } = cause as NodeJS.ErrnoException;
    return syscall === 'connect' ? 'nothing listens there' : `the URL names the file ${path}, which doesn't exist`;
  }
  return message.replace(/\.$/, '');
}
