// What a page shows of an attached document. Every text in it is the publisher's, cut but not escaped.

export type AttachedDocument = {
  sizeBytes: number;
  /** The signature around the document, as claimed. Null if there is none. */
  signature: SignatureClaims | null;
  /** The in-toto statement around the document. */
  statement: InTotoStatement | null;
  content: AttachedContent;
  /** The beginning of the document, formatted. Null unless it is JSON. */
  json: Excerpt | null;
};

export type Excerpt = { text: string; isCut: boolean };

export type AttachedContent =
  | { kind: 'sbom'; sbom: Sbom }
  | { kind: 'provenance'; provenance: Provenance }
  | { kind: 'signature' }
  | { kind: 'json' }
  | { kind: 'text'; excerpt: Excerpt }
  | { kind: 'binary' };

export type InTotoStatement = {
  predicateType: string;
  /** The first ones. */
  subjects: { name: string; digest: string }[];
  subjectCount: number;
};

export type Sbom = {
  format: 'SPDX' | 'CycloneDX';
  version: string;
  /** What it describes. */
  name: string;
  createdAt: string;
  tools: string[];
  packages: PackageTable;
  /** How many packages the document lists. The table may hold fewer. */
  packageCount: number;
};

export type SbomPackage = { name: string; version: string; licence: string; type: string; purl: string };

/**
 * Packages as bytes. A thread's answer is copied on the event loop, where bytes cost much less than objects.
 * `rows` holds a JSON array in each line, and `words` what can be searched in the same line.
 */
export type PackageTable = { rows: Uint8Array; words: Uint8Array; count: number };

export type Provenance = {
  /** The predicate type's version, such as `SLSA v1`. */
  format: string;
  source: SourceLink | null;
  commit: SourceLink | null;
  builder: string;
  buildType: string;
  invocation: string;
  startedAt: string;
  finishedAt: string;
  parameters: [name: string, value: string][];
  materials: { uri: string; digest: string }[];
  materialCount: number;
};

/** `href` is null unless `text` is a safe link. */
export type SourceLink = { text: string; href: string | null };

export type SignatureClaims = {
  format: 'DSSE' | 'Sigstore bundle' | 'cosign' | 'Notation';
  keyIds: string[];
  certificate: CertificateClaims | null;
  algorithm: string;
  signedAt: string;
  /** Index in a transparency log. */
  logIndex: string;
  /** Digests that it claims to sign. */
  signedDigest: string;
};

export type CertificateClaims = {
  /** Email addresses and URLs, or else the subject. */
  identities: string[];
  /** The identity provider that Sigstore checked. */
  oidcIssuer: string;
  issuer: string;
  validFrom: string;
  validTo: string;
  sha256: string;
};
