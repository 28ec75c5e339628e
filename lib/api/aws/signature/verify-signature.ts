import { createHmac, timingSafeEqual } from 'node:crypto';
import { awsError } from '../aws-error.ts';
import { canonicalPaths, stringToSign, type SignedRequest } from './canonical-request.ts';
import { toAmzDate, type Signature } from './read-signature.ts';

const WINDOW_MINUTES = 15;
const WINDOW_MS = WINDOW_MINUTES * 60_000;

/**
 * Checks that the signature is neither too old nor from the future. Clients correct their clock by the answer's Date
 * and read these sentences.
 * @throws AppError `InvalidSignatureException`
 */
export function checkSignatureDate({ date, signedAt, scopeDate, expiresSeconds }: Signature, now: Date): void {
  if (scopeDate !== date.slice(0, 8)) {
    throw invalidSignature(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: ${date}`);
  }
  const lifeMs = expiresSeconds === null ? WINDOW_MS : expiresSeconds * 1000;
  if (signedAt.getTime() + lifeMs < now.getTime()) {
    const earliest = toAmzDate(new Date(now.getTime() - lifeMs));
    const window = expiresSeconds === null ? `${WINDOW_MINUTES} min.` : `${expiresSeconds} sec.`;
    throw invalidSignature(
      `Signature expired: ${date} is now earlier than ${earliest} (${toAmzDate(now)} - ${window})`,
    );
  }
  if (signedAt.getTime() - WINDOW_MS > now.getTime()) {
    const latest = toAmzDate(new Date(now.getTime() + WINDOW_MS));
    throw invalidSignature(
      `Signature not yet current: ${date} is still later than ${latest} (${toAmzDate(now)} + ${WINDOW_MINUTES} min.)`,
    );
  }
}

/**
 * Checks the signature against what arrived.
 * @param hosts by which clients may have reached this site
 * @throws AppError `InvalidSignatureException`
 */
export function checkSignature(
  request: SignedRequest,
  signature: Signature,
  { secret, hosts }: { secret: string; hosts: readonly string[] },
): void {
  const key = signingKey(secret, signature);
  const given = Buffer.from(signature.signature, 'hex');
  let isValid = false;
  for (const path of canonicalPaths(request.url)) {
    for (const host of hosts) {
      const expected = hmac(key, stringToSign(request, signature, { host, path }));
      isValid = timingSafeEqual(expected, given) || isValid;
    }
  }
  if (isValid) return;
  throw invalidSignature(
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function signingKey(secret: string, { scopeDate, region, service }: Signature): Buffer {
  return [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, scopeDate));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

export function invalidSignature(message: string) {
  return awsError('InvalidSignatureException', message);
}
