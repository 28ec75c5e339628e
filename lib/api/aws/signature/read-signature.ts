// Reads the parts of an AWS Signature Version 4, from the Authorization header or from the query of a presigned URL.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
import type { IncomingMessage } from 'node:http';
import { isAccessKeyId } from '#lib/identity/access-keys/access-key-secret.ts';
import type { AppError } from '#lib/platform/errors.ts';
import { awsError } from '../aws-error.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** The longest life of a presigned URL: seven days. */
const MAX_EXPIRES_SECONDS = 604_800;
const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const SIGNATURE = /^[0-9a-f]{64}$/;

export type Signature = {
  accessKeyId: string;
  /** `YYYYMMDD`. */
  scopeDate: string;
  region: string;
  service: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  date: string;
  signedAt: Date;
  /** Lowercase and sorted, as they are signed. */
  signedHeaders: string[];
  signature: string;
  sessionToken: string | null;
  /** The life of a presigned URL in seconds; null for a signed header. */
  expiresSeconds: number | null;
};

/** Whether a request claims to be signed. */
export function isSigned({ url = '', headers: { authorization = '' } }: IncomingMessage): boolean {
  return authorization.trim() !== '' || isPresignedQuery(new URLSearchParams(url.slice(url.indexOf('?'))));
}

function isPresignedQuery(query: URLSearchParams): boolean {
  return query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
}

/** @throws AppError `MissingAuthenticationTokenException`, `IncompleteSignatureException` */
export function readSignature(req: IncomingMessage, query: URLSearchParams): Signature {
  const header = req.headers.authorization;
  const isPresigned = isPresignedQuery(query);
  if (header !== undefined && isPresigned) throw incomplete('Sign either the header or the query, not both.');
  if (isPresigned) return readQuery(query);
  if (header === undefined || header.trim() === '') throw missingAuthentication();
  return readHeader(req, header.trim());
}

function readHeader(req: IncomingMessage, header: string): Signature {
  const space = header.indexOf(' ');
  const algorithm = space < 0 ? header : header.slice(0, space);
  if (algorithm !== ALGORITHM) throw incomplete(`The algorithm must be ${ALGORITHM}.`);
  const parts = new Map<string, string>();
  for (const part of header.slice(space + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals < 0 || parts.has(part.slice(0, equals).trim()))
      throw incomplete('The Authorization header is malformed.');
    parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const date = single(req, 'x-amz-date') ?? fromHttpDate(single(req, 'date'));
  return toSignature({
    credential: parts.get('Credential'),
    signedHeaders: parts.get('SignedHeaders'),
    signature: parts.get('Signature'),
    date,
    sessionToken: single(req, 'x-amz-security-token'),
    expires: null,
  });
}

function readQuery(query: URLSearchParams): Signature {
  for (const name of query.keys()) {
    if (name.startsWith('X-Amz-') && query.getAll(name).length > 1) throw incomplete(`${name} is repeated.`);
  }
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw incomplete(`X-Amz-Algorithm must be ${ALGORITHM}.`);
  return toSignature({
    credential: query.get('X-Amz-Credential') ?? undefined,
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? undefined,
    signature: query.get('X-Amz-Signature') ?? undefined,
    date: query.get('X-Amz-Date'),
    sessionToken: query.get('X-Amz-Security-Token'),
    expires: query.get('X-Amz-Expires') ?? '',
  });
}

type Parts = {
  credential: string | undefined;
  signedHeaders: string | undefined;
  signature: string | undefined;
  date: string | null;
  sessionToken: string | null;
  expires: string | null;
};

function toSignature({ credential, signedHeaders, signature, date, sessionToken, expires }: Parts): Signature {
  const [accessKeyId = '', scopeDate = '', region, service, end, ...more] = (credential ?? '').split('/');
  if (end !== 'aws4_request' || more.length > 0 || region === undefined || service === undefined) {
    throw incomplete('Credential must be KEY/DATE/REGION/SERVICE/aws4_request.');
  }
  // The same answer as for a key that doesn't exist.
  if (!isAccessKeyId(accessKeyId)) throw unknownKey();
  if (!SIGNATURE.test(signature ?? '')) throw incomplete('Signature must have 64 hexadecimal digits.');
  const names = (signedHeaders ?? '').split(';');
  if (names.some((name, at) => name !== name.toLowerCase() || name === '' || name <= (names[at - 1] ?? ''))) {
    throw incomplete('SignedHeaders must be lowercase, sorted and separated by semicolons.');
  }
  if (!names.includes('host')) throw incomplete('The host header must be signed.');
  const signedAt = parseDate(date ?? '');
  if (date === null || !signedAt) throw incomplete('The date of the signature must look like 20150830T123600Z.');
  const expiresSeconds = expires === null ? null : parseExpires(expires);
  return {
    accessKeyId,
    scopeDate,
    region,
    service,
    date,
    signedAt,
    signedHeaders: names,
    signature: signature ?? '',
    sessionToken: sessionToken || null,
    expiresSeconds,
  };
}

function parseDate(text: string): Date | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const at = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second));
  // A date such as 31 February would move.
  return toAmzDate(at) === text ? at : null;
}

/** `YYYYMMDDTHHMMSSZ`. */
export function toAmzDate(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function fromHttpDate(text: string | null): string | null {
  if (text === null) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : toAmzDate(at);
}

function parseExpires(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_EXPIRES_SECONDS) {
    throw incomplete(`X-Amz-Expires must be between 1 and ${MAX_EXPIRES_SECONDS} seconds.`);
  }
  return seconds;
}

/** Node joins repeated headers, which would hide one from the signature's check. */
function single(req: IncomingMessage, name: string): string | null {
  const values = req.headersDistinct[name];
  if (values && values.length > 1) throw incomplete(`${name} is repeated.`);
  return values?.[0] ?? null;
}

function incomplete(message: string): AppError {
  return awsError('IncompleteSignatureException', message);
}

export function unknownKey(): AppError {
  return awsError('UnrecognizedClientException', 'The security token included in the request is invalid.');
}

export function missingAuthentication(): AppError {
  return awsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
}
