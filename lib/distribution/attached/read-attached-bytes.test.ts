// In the shapes that syft, trivy, BuildKit, cosign and Notation write.
import { describe, expect, it } from 'vitest';
import type { AttachedDocument } from './attached-document.ts';
import { pageOfPackages } from './package-table.ts';
import { readAttachedBytes } from './read-attached-bytes.ts';

const read = (document: unknown, annotations: Record<string, string> = {}) =>
  readAttachedBytes(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), annotations);

function sbomOf({ content }: AttachedDocument) {
  if (content.kind !== 'sbom') throw new Error(`expected an SBOM, not ${content.kind}`);
  return content.sbom;
}
const packagesOf = (document: AttachedDocument, query = '') =>
  pageOfPackages(sbomOf(document).packages, { query, offset: 0, limit: 10 });

const SPDX = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'alpine',
  creationInfo: { creators: ['Organization: Anchore, Inc', 'Tool: syft-1.18.0'], created: '2026-01-02T03:04:05Z' },
  packages: [
    {
      name: 'zlib',
      SPDXID: 'SPDXRef-Package-apk-zlib',
      versionInfo: '1.3.1-r2',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'Zlib',
      externalRefs: [
        { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:zlib:zlib:1.3.1' },
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:apk/alpine/zlib@1.3.1-r2?arch=x86_64',
        },
      ],
    },
    { name: 'alpine', versionInfo: '3.21', licenseDeclared: 'NOASSERTION', primaryPackagePurpose: 'CONTAINER' },
  ],
};

const CYCLONEDX = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    timestamp: '2026-01-02T03:04:05+00:00',
    tools: { components: [{ type: 'application', name: 'trivy', version: '0.58.1' }] },
    component: { type: 'container', name: 'web', version: 'sha256:1' },
  },
  components: [
    { type: 'operating-system', name: 'debian', version: '12' },
    {
      type: 'library',
      group: '@types',
      name: 'node',
      version: '22.1.0',
      purl: 'pkg:npm/%40types/node@22.1.0',
      licenses: [{ license: { id: 'MIT' } }, { license: { name: 'Custom' } }],
      components: [{ type: 'library', name: 'inner', licenses: [{ expression: 'MIT OR Apache-2.0' }] }],
    },
  ],
};

const SLSA_1 = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: { ref: 'refs/heads/main', repository: 'https://github.com/acme/web', path: '.github/workflows/a.yml' },
    },
    resolvedDependencies: [
      { uri: 'git+https://github.com/acme/web@refs/heads/main', digest: { gitCommit: 'a'.repeat(40) } },
    ],
  },
  runDetails: {
    builder: { id: 'https://github.com/actions/runner/github-hosted' },
    metadata: {
      invocationId: 'https://github.com/acme/web/actions/runs/1/attempts/1',
      startedOn: '2026-01-02T03:04:05Z',
    },
  },
};

const BUILDKIT = {
  builder: { id: '' },
  buildType: 'https://mobyproject.org/buildkit@v1',
  materials: [{ uri: 'pkg:docker/alpine@3.21?platform=linux%2Famd64', digest: { sha256: 'b'.repeat(64) } }],
  invocation: {
    configSource: { entryPoint: 'Dockerfile' },
    parameters: { frontend: 'dockerfile.v0', args: { target: 'release' }, locals: [{ name: 'context' }] },
    environment: { platform: 'linux/amd64' },
  },
  metadata: {
    buildInvocationID: 'x1',
    buildStartedOn: '2026-01-02T03:04:05Z',
    buildFinishedOn: '2026-01-02T03:05:05Z',
    'https://mobyproject.org/buildkit@v1#metadata': {
      vcs: { source: 'git@github.com:acme/web.git', revision: 'c'.repeat(40) },
    },
  },
};

const statementOf = (predicateType: string, predicate: unknown) => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType,
  subject: [{ name: 'pkg:docker/acme/web@1.0', digest: { sha256: 'd'.repeat(64) } }],
  predicate,
});
const envelopeOf = (statement: unknown) => ({
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
  signatures: [{ keyid: 'key-1', sig: 'MEUC' }],
});

describe('an SBOM', () => {
  it('is read as SPDX from syft', () => {
    const document = read(SPDX);
    expect(sbomOf(document)).toMatchObject({ format: 'SPDX', version: '2.3', name: 'alpine', tools: ['syft-1.18.0'] });
    expect(packagesOf(document).packages).toEqual([
      { name: 'alpine', version: '3.21', licence: '', type: 'container', purl: '' },
      {
        name: 'zlib',
        version: '1.3.1-r2',
        licence: 'Zlib',
        type: 'apk',
        purl: 'pkg:apk/alpine/zlib@1.3.1-r2?arch=x86_64',
      },
    ]);
  });

  it('is read as CycloneDX from trivy, with nested components', () => {
    const document = read(CYCLONEDX);
    expect(sbomOf(document)).toMatchObject({ format: 'CycloneDX', version: '1.6', tools: ['trivy 0.58.1'] });
    expect(packagesOf(document).packages).toMatchObject([
      { name: '@types/node', licence: 'MIT, Custom', type: 'npm' },
      { name: 'inner', licence: 'MIT OR Apache-2.0', type: 'library' },
    ]);
  });

  it.each([
    ['a statement from BuildKit', statementOf('https://spdx.dev/Document', SPDX)],
    ['a DSSE envelope from cosign', envelopeOf(statementOf('https://spdx.dev/Document', SPDX))],
    [
      'text within an attestation of an older cosign',
      statementOf('cosign.sigstore.dev/attestation/v1', { Data: JSON.stringify(SPDX) }),
    ],
    [
      'a Sigstore bundle',
      {
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { publicKey: { hint: 'abc' }, tlogEntries: [] },
        dsseEnvelope: envelopeOf(statementOf('https://spdx.dev/Document', SPDX)),
      },
    ],
  ])('is found in %s', (_where, wrapped) => {
    const document = read(wrapped);
    expect(packagesOf(document).total).toBe(2);
    expect(document.statement).toMatchObject({ subjectCount: 1, subjects: [{ digest: `sha256:${'d'.repeat(64)}` }] });
  });

  it('is searched by every word, in any case', () => {
    const document = read(CYCLONEDX);
    expect(packagesOf(document, 'NODE mit').packages.map(({ name }) => name)).toEqual(['@types/node']);
    expect(packagesOf(document, 'mit').total).toBe(2);
    expect(packagesOf(document, 'absent')).toEqual({ packages: [], total: 0 });
  });

  it('is cut to what a page can show, and pages reach its end', () => {
    const packages = Array.from({ length: 100_000 }, (_, i) => ({ name: `p${String(i).padStart(6, '0')}` }));
    const { packages: table, packageCount } = sbomOf(read({ ...SPDX, packages }));
    expect(packageCount).toBe(100_000);
    expect(table.count).toBe(20_000);
    const last = pageOfPackages(table, { query: '', offset: 19_999, limit: 10 });
    expect(last.packages.map(({ name }) => name)).toEqual(['p019999']);
    const found = pageOfPackages(table, { query: 'P0199', offset: 95, limit: 10 });
    expect(found.total).toBe(100);
    expect(found.packages.map(({ name }) => name)).toEqual([5, 6, 7, 8, 9].map((i) => `p01999${i}`));
  });
});

describe('provenance', () => {
  it('names source and commit of a GitHub workflow', () => {
    const { content } = read(envelopeOf(statementOf('https://slsa.dev/provenance/v1', SLSA_1)));
    expect(content).toMatchObject({
      kind: 'provenance',
      provenance: {
        format: 'SLSA v1',
        source: { href: 'https://github.com/acme/web' },
        commit: { text: 'a'.repeat(40), href: `https://github.com/acme/web/commit/${'a'.repeat(40)}` },
        builder: 'https://github.com/actions/runner/github-hosted',
        parameters: [
          ['workflow.ref', 'refs/heads/main'],
          ['workflow.repository', 'https://github.com/acme/web'],
          ['workflow.path', '.github/workflows/a.yml'],
        ],
        materialCount: 1,
      },
    });
  });

  it('names source and commit of a BuildKit build', () => {
    const { content } = read(statementOf('https://slsa.dev/provenance/v0.2', BUILDKIT));
    expect(content).toMatchObject({
      provenance: {
        format: 'SLSA v0.2',
        source: { text: 'git@github.com:acme/web.git', href: 'https://github.com/acme/web' },
        commit: { href: `https://github.com/acme/web/commit/${'c'.repeat(40)}` },
        startedAt: '2026-01-02T03:04:05Z',
        parameters: [
          ['frontend', 'dockerfile.v0'],
          ['args.target', 'release'],
          ['locals', '[1]'],
        ],
        materials: [{ digest: `sha256:${'b'.repeat(64)}` }],
      },
    });
  });

  it('links no address but the web’s', () => {
    const hostile = {
      ...BUILDKIT,
      invocation: { configSource: { uri: 'javascript:alert(1)', digest: { sha1: 'x' } } },
    };
    expect(read(statementOf('https://slsa.dev/provenance/v0.2', hostile)).content).toMatchObject({
      provenance: { source: { text: 'javascript:alert(1)', href: null }, commit: { text: 'x', href: null } },
    });
  });
});

describe('a signature', () => {
  const payload = {
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': `sha256:${'e'.repeat(64)}` },
      type: 'cosign container image signature',
    },
    optional: null,
  };

  it('of cosign names the signed digest and its log entry', () => {
    const bundle = JSON.stringify({
      SignedEntryTimestamp: 'x',
      Payload: { integratedTime: 1_767_323_045, logIndex: 7 },
    });
    const { content, signature } = read(payload, { 'dev.sigstore.cosign/bundle': bundle });
    expect(content.kind).toBe('signature');
    expect(signature).toMatchObject({
      format: 'cosign',
      signedDigest: `sha256:${'e'.repeat(64)}`,
      signedAt: '2026-01-02T03:04:05.000Z',
      logIndex: '7',
    });
  });

  it('of Notation names algorithm and time', () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { signature } = read({
      payload: encode({ targetArtifact: { digest: `sha256:${'f'.repeat(64)}`, size: 1 } }),
      protected: encode({
        alg: 'PS256',
        cty: 'application/vnd.cncf.notary.payload.v1+json',
        'io.cncf.notary.signingTime': '2026-01-02T03:04:05Z',
      }),
      header: { x5c: ['AAAA'] },
      signature: 'x',
    });
    expect(signature).toMatchObject({ format: 'Notation', algorithm: 'PS256', certificate: null });
  });

  it('with an unreadable certificate is still shown', () => {
    const { signature } = read(payload, { 'dev.sigstore.cosign/certificate': '-----BEGIN CERTIFICATE-----\nno' });
    expect(signature).toMatchObject({ certificate: null });
  });
});

describe('a hostile document', () => {
  it.each([
    ['deep lists', '['.repeat(200_000) + ']'.repeat(200_000), 'json'],
    ['deep objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000), 'json'],
    ['invalid JSON', '{"spdxVersion":"SPDX-2.3",', 'text'],
    ['too many values', `[${'0,'.repeat(3_100_000)}0]`, 'text'],
    ['text', 'name\tvalue\n', 'text'],
    ['an empty document', '', 'text'],
    ['bytes', '\u0000\u0001', 'binary'],
  ])('with %s is cut or refused', (_what, text, kind) => {
    const document = read(text);
    expect(document.content.kind).toBe(kind);
    expect(document.json?.text.length ?? 0).toBeLessThan(200_000);
  });

  it('with values of other types counts as having none', () => {
    const packages = [null, 5, 'x', [], { name: {}, versionInfo: [], externalRefs: 'x', licenseConcluded: 1 }];
    const document = read({ spdxVersion: 'SPDX-2.3', name: [], creationInfo: 'x', packages });
    expect(packagesOf(document).packages).toEqual([{ name: '', version: '', licence: '1', type: '', purl: '' }]);
    expect(sbomOf(read({ bomFormat: 'CycloneDX', components: {} })).packageCount).toBe(0);
    expect(
      read({ _type: 'https://in-toto.io/Statement/v1', predicateType: 'x', subject: 'y' }).statement,
    ).toMatchObject({
      subjects: [],
    });
  });

  it('with overlong texts and prototype keys stays small', () => {
    const packages = [{ name: 'n'.repeat(1_000_000), versionInfo: '\u202e\u0000evil', __proto__: { a: 1 } }];
    const [only] = packagesOf(read({ ...SPDX, packages })).packages;
    expect(only?.name.length).toBeLessThan(400);
    const own = read('{"__proto__":{"polluted":1},"a":"' + 'x'.repeat(100_000) + '"}');
    expect(own.json).toMatchObject({ isCut: true });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('nests components to any depth', () => {
    const depth = 50_000;
    const text = `{"bomFormat":"CycloneDX","components":[${'{"name":"a","components":['.repeat(depth)}${']}'.repeat(depth)}]}`;
    expect(sbomOf(read(text)).packageCount).toBe(depth);
  });
});
