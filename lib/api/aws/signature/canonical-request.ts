// The text that a client signs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
import { createHash } from 'node:crypto';
import { ALGORITHM, type Signature } from './read-signature.ts';

export type SignedRequest = {
  method: string;
  /** The request target as it arrived. */
  url: string;
  /** Names and values in turn, as they arrived. Node's other forms merge repeated headers. */
  rawHeaders: readonly string[];
  /** SHA-256 of the body, in hexadecimal. */
  bodyHash: string;
};

/** Builds the string to sign. `host` replaces the Host header; `path` is canonical already. */
export function stringToSign(
  request: SignedRequest,
  signature: Signature,
  { host, path }: { host: string; path: string },
): string {
  const canonical = [
    request.method,
    path,
    canonicalQuery(request.url),
    ...signature.signedHeaders.map((name) => `${name}:${name === 'host' ? host : headerValue(request, name)}`),
    '',
    signature.signedHeaders.join(';'),
    request.bodyHash,
  ].join('\n');
  const scope = [signature.scopeDate, signature.region, signature.service, 'aws4_request'].join('/');
  return [ALGORITHM, signature.date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
}

/** Returns the canonical paths to try, because clients disagree about normalising `.`, `..` and `//`. */
export function canonicalPaths(url: string): string[] {
  const path = url.split('?', 1)[0] || '/';
  return [...new Set([encodePath(path), encodePath(normalisePath(path))])];
}

function encodePath(path: string): string {
  return path.split('/').map(encode).join('/');
}

/** RFC 3986 §5.2.4, and no empty segments. */
function normalisePath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const end = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${end}`;
}

function canonicalQuery(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return '';
  return url
    .slice(mark + 1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([name, value], [other, otherValue]) => compare(name, other) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By bytes; encoded text is ASCII. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Repeated headers are joined in the order of arrival. Whitespace runs count as one space. */
function headerValue({ rawHeaders }: SignedRequest, wanted: string): string {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === wanted) values.push((rawHeaders[at + 1] ?? '').trim().replace(/\s+/g, ' '));
  }
  return values.join(',');
}
