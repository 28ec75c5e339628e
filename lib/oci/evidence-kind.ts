// What signing and building tools attach to an image, told apart by their types. That something is there says nothing of
// whether it is true: only who verifies it knows.
import type { Descriptor } from './descriptor.ts';
import { digestAlgorithm, digestHex, type Digest } from './digest.ts';

export type EvidenceKind = 'signature' | 'sbom' | 'provenance' | 'attestation' | 'other';

export const SIGNATURE_TYPES = [
  'application/vnd.dev.cosign.artifact.sig.v1+json',
  'application/vnd.dev.cosign.simplesigning.v1+json',
  'application/vnd.cncf.notary.signature',
];
const SBOM = /spdx|cyclonedx|syft|\bsbom\b/i;
const PROVENANCE = /slsa|provenance/i;
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle/;
const STATEMENT = /in-toto|dsse|cosign\.artifact\.att\b/i;
const COSIGN_SIGNATURE = 'https://sigstore.dev/cosign/sign/';

/** Where a sigstore bundle, BuildKit and cosign write what an attestation is about. */
const PREDICATE_ANNOTATIONS = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type', 'predicateType'];

export function findPredicate(annotations: Record<string, string> | null | undefined): string | null {
  for (const key of PREDICATE_ANNOTATIONS) {
    const value = annotations && Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (value) return value;
  }
  return null;
}

/** `type` is the artifactType, or for want of one the config's media type. */
export function evidenceKind(type: string, annotations?: Record<string, string> | null): EvidenceKind {
  const predicate = findPredicate(annotations);
  if (predicate !== null) return predicateKind(predicate);
  if (SIGNATURE_TYPES.includes(type)) return 'signature';
  if (SBOM.test(type)) return 'sbom';
  if (PROVENANCE.test(type)) return 'provenance';
  if (BUNDLE.test(type)) return isMessageSignature(annotations) ? 'signature' : 'attestation';
  return STATEMENT.test(type) ? 'attestation' : 'other';
}

export function predicateKind(predicate: string): EvidenceKind {
  if (predicate.startsWith(COSIGN_SIGNATURE)) return 'signature';
  if (SBOM.test(predicate)) return 'sbom';
  return PROVENANCE.test(predicate) ? 'provenance' : 'attestation';
}

function isMessageSignature(annotations: Record<string, string> | null | undefined): boolean {
  return annotations?.['dev.sigstore.bundle.content'] !== 'dsse-envelope';
}

/** BuildKit lists attestations in the index, beside the images that they are about. */
export function isAttestationManifest({ annotations }: Pick<Descriptor, 'annotations'>): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

export function attestationSubject({ annotations }: Pick<Descriptor, 'annotations'>): string | null {
  return annotations?.['vnd.docker.reference.digest'] ?? null;
}

const COSIGN_SUFFIXES = { sig: 'signature', att: 'attestation', sbom: 'sbom' } as const;

/** The tags that cosign wrote before there were referrers: `sha256-….sig`. */
export function cosignTags(digest: Digest): { tag: string; kind: EvidenceKind }[] {
  const stem = `${digestAlgorithm(digest)}-${digestHex(digest)}`;
  return Object.entries(COSIGN_SUFFIXES).map(([suffix, kind]) => ({ tag: `${stem}.${suffix}`, kind }));
}
