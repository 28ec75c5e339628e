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

const NAMES: [RegExp, string][] = [
  [/spdx/i, 'SPDX'],
  [/cyclonedx/i, 'CycloneDX'],
  [/syft/i, 'Syft'],
  [/^https:\/\/slsa\.dev\/provenance\/v1/, 'SLSA v1'],
  [/^https:\/\/slsa\.dev\/provenance\/v0\.2/, 'SLSA v0.2'],
  [/slsa/i, 'SLSA'],
  [/notary/i, 'Notation signature'],
  [/cosign.*(?:sig|simplesigning)|sigstore\.dev\/cosign\/sign/i, 'cosign signature'],
  [BUNDLE, 'Sigstore bundle'],
  [/openvex|\bvex\b/i, 'VEX'],
  [/cosign.*vuln|vuln.*attest/i, 'Vulnerability report'],
];

/** Names the format of a media type or predicate type. Returns null for an unknown one. */
export function evidenceName(type: string): string | null {
  return NAMES.find(([pattern]) => pattern.test(type))?.[1] ?? null;
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

/** The digest in such a tag as cosign's `sha256-….att`. Null for other tags. */
export function subjectOfCosignTag(tag: string): string | null {
  const [, algorithm = '', hex = ''] = /^(sha256|sha512)-([0-9a-f]{64,128})\.(?:sig|att|sbom)$/.exec(tag) ?? [];
  return hex === '' ? null : `${algorithm}:${hex}`;
}

const COSIGN_SUFFIXES = { sig: 'signature', att: 'attestation', sbom: 'sbom' } as const;

/** Lists the tags that cosign used before the referrers API existed, such as `sha256-….sig`. */
export function cosignTags(digest: Digest): { tag: string; kind: EvidenceKind }[] {
  const stem = `${digestAlgorithm(digest)}-${digestHex(digest)}`;
  return Object.entries(COSIGN_SUFFIXES).map(([suffix, kind]) => ({ tag: `${stem}.${suffix}`, kind }));
}
