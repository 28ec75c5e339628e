// Classifies signatures, SBOMs and attestations by media type and annotations. Nothing here verifies them.
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

/** The annotations that hold an attestation's predicate type in Sigstore bundles, BuildKit and cosign. */
const PREDICATE_ANNOTATIONS = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type', 'predicateType'];

export function findPredicate(annotations: Record<string, string> | null | undefined): string | null {
  for (const key of PREDICATE_ANNOTATIONS) {
    const value = annotations && Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (value) return value;
  }
  return null;
}

/** Classifies evidence. `type` is the artifactType, or the config's media type if there is none. */
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

/** BuildKit lists attestations in the index, beside the images they describe. */
export function isAttestationManifest({ annotations }: Pick<Descriptor, 'annotations'>): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

export function attestationSubject({ annotations }: Pick<Descriptor, 'annotations'>): string | null {
  return annotations?.['vnd.docker.reference.digest'] ?? null;
}

const COSIGN_SUFFIXES = { sig: 'signature', att: 'attestation', sbom: 'sbom' } as const;

/** Lists the tags that cosign used before the referrers API existed, such as `sha256-….sig`. */
export function cosignTags(digest: Digest): { tag: string; kind: EvidenceKind }[] {
  const stem = `${digestAlgorithm(digest)}-${digestHex(digest)}`;
  return Object.entries(COSIGN_SUFFIXES).map(([suffix, kind]) => ({ tag: `${stem}.${suffix}`, kind }));
}
