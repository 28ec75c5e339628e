// Reads what signatures of cosign, Sigstore and Notation claim. Nothing here verifies them.
import type { SignatureClaims } from './attached-document.ts';
import { cutText, digestIn, isObject, listIn, parseJson, textIn, valueIn } from './json-fields.ts';
import { readCertificate } from './read-certificate.ts';

export type Annotations = Readonly<Record<string, string>>;

const MAX_KEYS = 10;
const MAX_TEXT_LENGTH = 500;
const MAX_PROTECTED_LENGTH = 64 * 1024;

const NO_CLAIMS = {
  keyIds: [],
  certificate: null,
  algorithm: '',
  signedAt: '',
  logIndex: '',
  signedDigest: '',
} satisfies Omit<SignatureClaims, 'format'>;

/** Reads a Sigstore bundle. https://docs.sigstore.dev/about/bundle/ */
export function readBundleClaims(bundle: unknown): SignatureClaims {
  const material = valueIn(bundle, 'verificationMaterial');
  const [chained] = listIn(material, 'x509CertificateChain', 'certificates');
  const encoded = textOf(valueIn(material, 'certificate', 'rawBytes') ?? valueIn(chained, 'rawBytes'));
  const [entry] = listIn(material, 'tlogEntries');
  const digest = textOf(valueIn(bundle, 'messageSignature', 'messageDigest', 'digest'));
  return {
    ...NO_CLAIMS,
    format: 'Sigstore bundle',
    keyIds: [textIn(material, 'publicKey', 'hint')].filter((hint) => hint !== ''),
    certificate: encoded === '' ? null : readCertificate(Buffer.from(encoded, 'base64')),
    signedAt: fromUnixSeconds(textIn(entry, 'integratedTime')),
    logIndex: textIn(entry, 'logIndex'),
    signedDigest: digest === '' ? '' : `sha256:${Buffer.from(digest.slice(0, 200), 'base64').toString('hex')}`,
  };
}

/** Reads a DSSE envelope. https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export function readEnvelopeClaims(envelope: unknown, annotations: Annotations): SignatureClaims {
  const keyIds = listIn(envelope, 'signatures')
    .slice(0, MAX_KEYS)
    .map((signature) => textIn(signature, 'keyid'));
  return { ...readCosignAnnotations(annotations), format: 'DSSE', keyIds: keyIds.filter((id) => id !== '') };
}

/** Reads the payload that cosign signs. Its annotations hold the certificate and the log entry. */
export function readCosignClaims(payload: unknown, annotations: Annotations): SignatureClaims | null {
  if (!textIn(payload, 'critical', 'type').includes('cosign')) return null;
  return {
    ...readCosignAnnotations(annotations),
    signedDigest: textIn(payload, 'critical', 'image', 'docker-manifest-digest'),
  };
}

function readCosignAnnotations(annotations: Annotations): SignatureClaims {
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  const log = valueIn(parseJson(annotations['dev.sigstore.cosign/bundle'] ?? ''), 'Payload');
  return {
    ...NO_CLAIMS,
    format: 'cosign',
    certificate: certificate ? readCertificate(certificate) : null,
    signedAt: fromUnixSeconds(textIn(log, 'integratedTime')),
    logIndex: textIn(log, 'logIndex'),
  };
}

/** Reads a Notation signature in JWS form. https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-jws.md */
export function readNotationClaims(envelope: unknown): SignatureClaims | null {
  const head = decodeJson(textOf(valueIn(envelope, 'protected')));
  if (!isObject(head) || !textIn(head, 'cty').includes('notary')) return null;
  const payload = decodeJson(textOf(valueIn(envelope, 'payload')));
  const [leaf] = listIn(envelope, 'header', 'x5c');
  const encoded = textOf(leaf);
  return {
    ...NO_CLAIMS,
    format: 'Notation',
    certificate: encoded === '' ? null : readCertificate(Buffer.from(encoded, 'base64')),
    algorithm: textIn(head, 'alg'),
    signedAt: textIn(head, 'io.cncf.notary.signingTime') || textIn(head, 'io.cncf.notary.authenticSigningTime'),
    signedDigest: textIn(payload, 'targetArtifact', 'digest') || digestIn(payload, 'targetArtifact', 'digest'),
  };
}

function decodeJson(base64: string): unknown {
  return base64.length <= MAX_PROTECTED_LENGTH
    ? parseJson(Buffer.from(base64, 'base64url').toString('utf8'))
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fromUnixSeconds(text: string): string {
  const seconds = Number(text);
  const isDate = text !== '' && Number.isInteger(seconds) && seconds > 0 && seconds < 253_402_300_800;
  return isDate ? new Date(seconds * 1_000).toISOString() : cutText(text, MAX_TEXT_LENGTH);
}
