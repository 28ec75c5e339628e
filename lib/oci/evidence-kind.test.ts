import { expect, test } from 'vitest';
import { toDigest } from './digest.ts';
import { attestationSubject, cosignTags, evidenceKind, isAttestationManifest } from './evidence-kind.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

test.each([
  ['application/vnd.dev.cosign.artifact.sig.v1+json', {}, 'signature'],
  ['application/vnd.cncf.notary.signature', {}, 'signature'],
  ['application/spdx+json', {}, 'sbom'],
  ['application/vnd.cyclonedx+json', {}, 'sbom'],
  ['application/vnd.syft+json', {}, 'sbom'],
  ['application/vnd.in-toto+json', {}, 'attestation'],
  ['application/vnd.in-toto+json', { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' }, 'provenance'],
  ['application/vnd.in-toto+json', { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' }, 'sbom'],
  [BUNDLE, {}, 'signature'],
  [BUNDLE, { 'dev.sigstore.bundle.content': 'dsse-envelope' }, 'attestation'],
  [BUNDLE, { 'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1' }, 'signature'],
  [BUNDLE, { 'dev.sigstore.bundle.predicateType': 'https://cyclonedx.org/bom' }, 'sbom'],
  ['application/vnd.example.report+json', {}, 'other'],
  ['toString', {}, 'other'],
] as const)('%s with annotations %j is: %s', (type, annotations, kind) => {
  expect(evidenceKind(type, annotations)).toBe(kind);
});

test('reads the subject of an attestation listed in an index', () => {
  const annotations = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': 'sha256:1',
  };
  expect(isAttestationManifest({ annotations })).toBe(true);
  expect(attestationSubject({ annotations })).toBe('sha256:1');
  expect(isAttestationManifest({ annotations: null })).toBe(false);
});

test('builds the cosign tags of a digest', () => {
  const hex = '0'.repeat(64);
  expect(cosignTags(toDigest('sha256', hex)).map(({ tag }) => tag)).toEqual(
    ['sig', 'att', 'sbom'].map((suffix) => `sha256-${hex}.${suffix}`),
  );
});
