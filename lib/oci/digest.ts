// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
// This folder is pure and browser-safe. Parsers return null for invalid input.

export type DigestAlgorithm = 'sha256' | 'sha512';

/** A validated `algorithm:hex` string. Create one with `parseDigest` or `toDigest`. */
export type Digest = string & { readonly __brand: 'Digest' };

const HEX_LENGTH: Record<DigestAlgorithm, number> = { sha256: 64, sha512: 128 };
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

export function parseDigest(text: string): Digest | null {
  return isDigest(text) ? text : null;
}

export function toDigest(algorithm: DigestAlgorithm, hex: string): Digest {
  const digest = `${algorithm}:${hex}`;
  if (!isDigest(digest))
    throw new TypeError(`A ${algorithm} digest must have ${HEX_LENGTH[algorithm]} hexadecimal digits`);
  return digest;
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
