// What builders and publishers attach to images: bills of materials, provenance, VEX documents.
import { createHash } from 'node:crypto';
import {
  buildArtifact,
  buildManifest,
  blobOf,
  type Blob,
  type BuiltManifest,
} from '#lib/testing/images/build-image.ts';
import type { ImageRecipe } from './image-recipe.ts';
import { packageUrl, type DemoPackage } from './packages.ts';

const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const IN_TOTO = 'application/vnd.in-toto+json';
const SPDX = 'application/spdx+json';
const CYCLONEDX = 'application/vnd.cyclonedx+json';

type Described = Pick<ImageRecipe, 'title' | 'version' | 'created' | 'labels'> & { packages: DemoPackage[] };

export function describe({ title, version, created, labels, layers }: ImageRecipe): Described {
  return { title, version, created, labels, packages: layers.flatMap(({ packages }) => packages ?? []) };
}

/** https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md */
export function attestationsFor(recipe: ImageRecipe, image: BuiltManifest): BuiltManifest {
  const statements = [
    { predicateType: 'https://spdx.dev/Document', predicate: spdxDocument(describe(recipe)) },
    { predicateType: 'https://slsa.dev/provenance/v1', predicate: provenance(recipe) },
  ];
  const layers = statements.map(({ predicateType, predicate }) => ({
    predicateType,
    blob: blobOf(
      IN_TOTO,
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        predicateType,
        subject: [{ name: '_', digest: { sha256: image.digest.slice('sha256:'.length) } }],
        predicate,
      }),
    ),
  }));
  const config = blobOf(
    OCI_CONFIG,
    JSON.stringify({
      architecture: 'unknown',
      os: 'unknown',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ blob }) => blob.digest) },
    }),
  );
  const described = layers.map(({ blob, predicateType }) => ({
    blob,
    annotations: { 'in-toto.io/predicate-type': predicateType },
  }));
  return buildManifest({
    config,
    layers: described.map(({ blob }) => blob),
    layerAnnotations: described.map((layer) => layer.annotations),
  });
}

/** https://slsa.dev/spec/v1.0/provenance */
function provenance({ version, created, labels }: ImageRecipe) {
  const source = labels['org.opencontainers.image.source'] ?? '';
  const revision = labels['org.opencontainers.image.revision'] ?? '';
  return {
    buildDefinition: {
      buildType: 'https://mobyproject.org/buildkit@v1',
      externalParameters: {
        configSource: { uri: `${source}.git#refs/tags/v${version}`, digest: { sha1: revision }, path: 'Dockerfile' },
        request: { frontend: 'dockerfile.v0', args: { 'build-arg:VERSION': version, target: 'release' } },
      },
      internalParameters: { builderPlatform: 'linux/amd64' },
      resolvedDependencies: [{ uri: `git+${source}.git`, digest: { gitCommit: revision } }],
    },
    runDetails: {
      builder: { id: 'https://ci.stonebridge.example/runners/release' },
      metadata: {
        invocationId: createHash('sha256').update(revision).digest('hex').slice(0, 24),
        startedOn: created,
        finishedOn: new Date(Date.parse(created) + 94_000).toISOString(),
        buildkit_completeness: { request: true, resolvedDependencies: true },
      },
    },
  };
}

/** https://spdx.github.io/spdx-spec/v2.3/ */
export function spdxDocument({ title, version, created, labels, packages }: Described) {
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${title} ${version}`,
    documentNamespace: `${labels['org.opencontainers.image.source'] ?? 'https://demo.example'}/sbom/${version}`,
    creationInfo: { created, creators: ['Organization: Vitrine demo gallery', 'Tool: vitrine-demo-seed'] },
    packages: packages.map((one) => ({
      name: one.name,
      SPDXID: `SPDXRef-${one.kind}-${one.name.replace(/[^a-zA-Z0-9.-]/g, '-')}`,
      versionInfo: one.version,
      supplier: 'NOASSERTION',
      downloadLocation: 'NOASSERTION',
      filesAnalyzed: false,
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: one.licence,
      copyrightText: 'NOASSERTION',
      externalRefs: [
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: packageUrl(one) },
      ],
    })),
    relationships: packages.map((one) => ({
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: `SPDXRef-${one.kind}-${one.name.replace(/[^a-zA-Z0-9.-]/g, '-')}`,
    })),
  };
}

/** https://cyclonedx.org/docs/1.6/json/ */
function cyclonedxDocument({ title, version, created, packages }: Described) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: created, component: { type: 'container', name: title, version } },
    components: packages.map((one) => ({
      type: 'library',
      'bom-ref': packageUrl(one),
      name: one.name,
      version: one.version,
      licenses: [{ license: { id: one.licence } }],
      purl: packageUrl(one),
    })),
  };
}

export function spdxOf(subject: Blob, described: Described): BuiltManifest {
  return attach(subject, SPDX, 'sbom.spdx.json', spdxDocument(described));
}

export function cyclonedxOf(subject: Blob, described: Described): BuiltManifest {
  return attach(subject, CYCLONEDX, 'sbom.cdx.json', cyclonedxDocument(described));
}

/** https://github.com/openvex/spec */
export function vexOf(subject: Blob, { title, created }: Described, author: string): BuiltManifest {
  return attach(subject, 'application/openvex+json', 'vex.json', {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://demo.example/vex/${subject.digest.slice(7, 19)}`,
    author,
    timestamp: created,
    version: 1,
    statements: [
      {
        vulnerability: { name: 'CVE-2024-6119' },
        products: [{ '@id': `pkg:oci/${encodeURIComponent(title)}@${encodeURIComponent(subject.digest)}` }],
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        impact_statement: 'The agent never checks names in certificates of clients.',
      },
    ],
  });
}

/** Any JSON document, attached to an image. */
export function attach(subject: Blob, mediaType: string, name: string, document: object): BuiltManifest {
  const content = `${JSON.stringify(document, null, 2)}\n`;
  return buildArtifact({ artifactType: mediaType, file: { name, mediaType, content }, subject });
}
