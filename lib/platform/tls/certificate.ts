import { createPrivateKey, X509Certificate } from 'node:crypto';
import { AppError } from '#lib/platform/errors.ts';

/** A certificate with its chain, and its private key, both in PEM format. */
export type Certificate = { cert: string; key: string };

/**
 * Checks that the key belongs to the certificate.
 * @param names where they are from, for the error
 * @throws AppError `unavailable` with a message for the operator
 */
export function checkCertificate({ cert, key }: Certificate, names: { cert: string; key: string }): X509Certificate {
  const certificate = parse(names.cert, 'a certificate', () => new X509Certificate(cert));
  const privateKey = parse(names.key, 'a private key without a passphrase', () => createPrivateKey(key));
  if (certificate.checkPrivateKey(privateKey)) return certificate;
  throw new AppError('unavailable', `The key in ${names.key} doesn't belong to the certificate in ${names.cert}.`);
}

function parse<Parsed>(name: string, what: string, read: () => Parsed): Parsed {
  try {
    return read();
  } catch (cause) {
    throw new AppError('unavailable', `${name} doesn't contain ${what} in PEM format.`, { cause });
  }
}
