import { X509Certificate } from 'node:crypto';
import type { CertificateClaims } from './attached-document.ts';
import { cutText } from './json-fields.ts';

const MAX_BYTES = 32 * 1024;
const MAX_IDENTITIES = 10;
const MAX_TEXT_LENGTH = 500;

// 1.3.6.1.4.1.57264.1.1 holds plain text, and its successor 1.3.6.1.4.1.57264.1.8 a DER string.
// https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
const FULCIO = [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01];
const [PLAIN_ISSUER, DER_ISSUER] = [Buffer.from([...FULCIO, 0x01]), Buffer.from([...FULCIO, 0x08])];
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;

/** Reads a certificate in PEM or DER. Its claims aren't verified. Returns null if it is malformed. */
export function readCertificate(encoded: string | Buffer): CertificateClaims | null {
  if (encoded.length > MAX_BYTES) return null;
  try {
    const certificate = new X509Certificate(encoded);
    return {
      identities: readIdentities(certificate),
      oidcIssuer: readOidcIssuer(certificate.raw),
      issuer: toNames(certificate.issuer),
      validFrom: certificate.validFromDate.toISOString(),
      validTo: certificate.validToDate.toISOString(),
      sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    };
  } catch {
    return null;
  }
}

function readIdentities({ subject, subjectAltName }: X509Certificate): string[] {
  const names = (subjectAltName ?? '')
    .split(', ')
    .flatMap((name) => /^(?:email|URI|othername):(.+)$/.exec(name)?.[1] ?? [])
    .map((name) => cutText(name, MAX_TEXT_LENGTH));
  const given = names.length > 0 ? names : [toNames(subject)];
  return given.filter((name) => name !== '').slice(0, MAX_IDENTITIES);
}

/** `CN=a\nO=b` becomes `CN=a, O=b`. */
function toNames(subject: string | undefined): string {
  return cutText((subject ?? '').replaceAll('\n', ', '), MAX_TEXT_LENGTH);
}

function readOidcIssuer(der: Buffer): string {
  const newer = readExtension(der, DER_ISSUER);
  if (newer?.[0] === UTF8_STRING) return cutText(newer.toString('utf8', 2), MAX_TEXT_LENGTH);
  return cutText(readExtension(der, PLAIN_ISSUER)?.toString('utf8') ?? '', MAX_TEXT_LENGTH);
}

/** Returns the value of an extension shorter than 128 bytes, as issuers' URLs are. */
function readExtension(der: Buffer, oid: Buffer): Buffer | null {
  const at = der.indexOf(oid);
  const [tag, length = 0] = at < 0 ? [] : der.subarray(at + oid.length);
  const start = at + oid.length + 2;
  return tag === OCTET_STRING && length < 0x80 ? der.subarray(start, start + length) : null;
}
