// Signs images like `cosign sign --key`. Ed25519 signatures are deterministic.
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { blobOf, buildManifest, type Blob, type BuiltManifest } from '#lib/testing/images/build-image.ts';

const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** PKCS #8 of an Ed25519 key, without the key's 32 bytes. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derived from a public text, so it proves nothing about who signed. */
function demoKey(): KeyObject {
  const seed = createHash('sha256').update('The key of the Vitrine demo gallery. Anyone can sign with it.').digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

export function demoPublicKey(): string {
  return createPublicKey(demoKey()).export({ type: 'spki', format: 'pem' }).toString();
}

/** Needs the tag of `signatureTag`. https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
export function signatureOf(subject: Blob, name: string): BuiltManifest {
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': name },
      image: { 'docker-manifest-digest': subject.digest },
      type: 'cosign container image signature',
    },
    optional: { signer: 'Vitrine demo gallery' },
  });
  const layer = blobOf(SIMPLE_SIGNING, payload);
  const config = blobOf(
    OCI_CONFIG,
    JSON.stringify({
      architecture: '',
      created: '0001-01-01T00:00:00Z',
      history: [{ created: '0001-01-01T00:00:00Z' }],
      os: '',
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
      config: {},
    }),
  );
  const signature = sign(null, Buffer.from(payload), demoKey()).toString('base64');
  return buildManifest({
    config,
    layers: [layer],
    layerAnnotations: [{ 'dev.cosignproject.cosign/signature': signature }],
  });
}

export function signatureTag({ digest }: Blob): string {
  return `${digest.replace(':', '-')}.sig`;
}
