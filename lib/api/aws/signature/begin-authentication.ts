// Authenticates a request in two steps: before its body is read, so that strangers can't make the server read large
// ones, and after, because the body is signed too.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import { signedHosts } from './signed-hosts.ts';
import type { AwsService } from '../define-operations.ts';
import { findSigner, type Signer } from './find-signer.ts';
import { readSignature, type Signature } from './read-signature.ts';
import { checkSignature, checkSignatureDate, invalidSignature } from './verify-signature.ts';

export type Authentication = {
  /** Who signed the request, if the signature is right. */
  userId: string;
  /** @throws AppError `InvalidSignatureException`, `ExpiredTokenException` */
  finish: (body: Buffer) => Signer;
};

/**
 * @param signs headers that the client must have signed, because the server acts on them
 * @throws AppError `MissingAuthenticationTokenException`, `IncompleteSignatureException`,
 *   `UnrecognizedClientException`, `InvalidSignatureException`
 */
export async function beginAuthentication(
  app: AwsApp,
  req: IncomingMessage,
  { service, signs }: { service: AwsService; signs: readonly string[] },
): Promise<Authentication> {
  const { url = '/', method = '', rawHeaders } = req;
  const signature = readSignature(req, new URLSearchParams(url.split('?').slice(1).join('?')));
  requireSigned(req, signature, signs);
  const signer = await findSigner(app, signature);
  checkSignatureDate(signature, new Date());
  if (signature.service !== service)
    throw invalidSignature(`Credential should be scoped to correct service: '${service}'.`);
  return {
    userId: signer.holder.principal.userId,
    finish: (body) => {
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const stated = req.headers['x-amz-content-sha256'];
      // UNSIGNED-PAYLOAD and STREAMING-… are forms of S3.
      if (stated !== undefined && stated !== bodyHash)
        throw invalidSignature('x-amz-content-sha256 must be the SHA-256 of the body.');
      const { secret, credentialEnd } = signer;
      checkSignature({ method, url, rawHeaders, bodyHash }, signature, { secret, hosts: signedHosts(app.config, req) });
      if (credentialEnd && credentialEnd <= new Date()) {
        throw awsError('ExpiredTokenException', 'The security token included in the request is expired');
      }
      return signer;
    },
  };
}

const SIGNED_IF_SENT = ['x-amz-date', 'x-amz-security-token'];

function requireSigned(
  req: IncomingMessage,
  { signedHeaders, expiresSeconds }: Signature,
  signs: readonly string[],
): void {
  const sent = expiresSeconds === null ? SIGNED_IF_SENT.filter((name) => req.headers[name] !== undefined) : [];
  const missing = [...signs, ...sent].find((name) => !signedHeaders.includes(name));
  if (missing) throw awsError('IncompleteSignatureException', `The header ${missing} must be signed.`);
}
