// What keeps a connection to the database from being made, in a sentence for the operator.
import { AppError, errorCode } from '#lib/platform/errors.ts';

const UNTRUSTED = 'its TLS certificate is not trusted here. Add sslrootcert=/path/to/ca.pem to the address';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: "the host's name can't be looked up at the moment",
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the network does not reach it',
  ENETUNREACH: 'the network does not reach it',
  ECONNRESET: 'it closed the connection',
  '28P01': 'the password is wrong',
  '28000': 'the user may not connect',
  '3D000': 'that database does not exist',
  '53300': 'it has no connection left. Raise its max_connections, or lower DATABASE_POOL_SIZE',
  '57P03': 'it is starting up or shutting down',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
};

const MESSAGES: [RegExp, string][] = [
  [/does not support SSL/, 'it does not speak TLS. Remove sslmode from the address, or turn TLS on there'],
  [/no encryption|SSL (?:off|required)/, 'it only accepts TLS. Add sslmode=verify-full to the address'],
  [/password must be a string/, 'it asks for a password, and the address has none'],
  [/timeout expired|connection timeout/, 'it does not answer'],
  [/Connection terminated/, 'it closed the connection'],
];

/** The database may be there in a moment; what is wrong with an address stays wrong. */
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

/** A socket that isn't there yet, not a file that the address names. */
function isMissingSocket(cause: unknown): boolean {
  return errorCode(cause) === 'ENOENT' && (cause as NodeJS.ErrnoException).syscall === 'connect';
}

/** Without the password. `variable` is where the address comes from. */
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
    return syscall === 'connect' ? 'nothing listens there' : `it names the file ${path}, which is not there`;
  }
  return message.replace(/\.$/, '');
}
