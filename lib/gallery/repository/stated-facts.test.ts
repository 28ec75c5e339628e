import { expect, test } from 'vitest';
import { toStatedFacts } from './stated-facts.ts';

const oci = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`org.opencontainers.image.${name}`, value]));

test('reads the facts of an image', () => {
  const facts = toStatedFacts(
    oci({
      source: 'https://github.com/acme/monitor.git',
      documentation: 'https://docs.acme.example/monitor',
      url: 'https://acme.example',
      licenses: 'MIT OR Apache-2.0',
      version: '1.2.3',
      revision: 'd'.repeat(40),
      vendor: 'Acme',
      authors: 'Ada, Grace',
      created: '2026-03-04T05:06:07Z',
      'base.name': 'docker.io/library/debian:12-slim',
    }),
  );
  expect(facts).toEqual({
    source: 'https://github.com/acme/monitor',
    documentation: 'https://docs.acme.example/monitor',
    website: 'https://acme.example/',
    licences: 'MIT OR Apache-2.0',
    version: '1.2.3',
    revision: 'd'.repeat(40),
    revisionLink: `https://github.com/acme/monitor/commit/${'d'.repeat(40)}`,
    vendor: 'Acme',
    authors: 'Ada, Grace',
    createdAt: new Date('2026-03-04T05:06:07Z'),
    baseName: 'docker.io/library/debian:12-slim',
    readmeLink: null,
  });
});

test('falls back to older labels', () => {
  const labels = { 'org.label-schema.vcs-ref': 'abcdef1', 'org.label-schema.license': 'MIT', maintainer: 'Ada' };
  expect(toStatedFacts(labels)).toMatchObject({ revision: 'abcdef1', licences: 'MIT', authors: 'Ada' });
  const both = { ...labels, ...oci({ licenses: 'Apache-2.0', revision: ' ' }) };
  expect(toStatedFacts(both)).toMatchObject({ licences: 'Apache-2.0', revision: 'abcdef1' });
});

test.each([
  ['https://github.com/acme/monitor/tree/main/sub', 'https://github.com/acme/monitor/commit/'],
  ['git@github.com:acme/monitor.git', 'https://github.com/acme/monitor/commit/'],
  ['https://gitlab.com/acme/group/monitor', 'https://gitlab.com/acme/group/monitor/-/commit/'],
  ['https://gitlab.acme.example/a/b/-/tree/main', 'https://gitlab.acme.example/a/b/-/commit/'],
  ['https://bitbucket.org/acme/monitor', 'https://bitbucket.org/acme/monitor/commits/'],
  ['https://codeberg.org/acme/monitor', 'https://codeberg.org/acme/monitor/commit/'],
])('links the commit of %s', (source, prefix) => {
  const revision = '0123456789abcdef0123456789abcdef01234567';
  expect(toStatedFacts(oci({ source, revision })).revisionLink).toBe(prefix + revision);
});

test.each([
  [{ source: 'https://example.org/acme/monitor', revision: 'd'.repeat(40) }],
  [{ source: 'https://github.com/acme/monitor', revision: 'v1.2.3' }],
  [{ source: 'https://github.com/acme', revision: 'd'.repeat(40) }],
  [{ source: 'https://github.com/acme/monitor', revision: '../../../../evil' }],
])('links no commit for %j', (values) => {
  expect(toStatedFacts(oci(values))).toMatchObject({ revision: values.revision, revisionLink: null });
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'https://user:secret@example.org/',
  `https://example.org/${'x'.repeat(2_000)}`,
  'not a link',
  '//example.org/x',
])('drops the link %s', (link) => {
  const facts = toStatedFacts(oci({ source: link, documentation: link, url: link }));
  expect(facts).toMatchObject({ source: null, documentation: null, website: null });
});

test('cuts long texts and removes control characters', () => {
  const { vendor, authors } = toStatedFacts(
    oci({ vendor: 'x'.repeat(10_000), authors: 'A\u0000\u202eda\n\tLovelace' }),
  );
  expect(vendor).toHaveLength(201);
  expect(authors).toBe('A da Lovelace');
});

test('shows a link only once', () => {
  const link = 'https://example.org/x';
  expect(toStatedFacts(oci({ source: link, documentation: link, url: link }))).toMatchObject({
    source: link,
    documentation: null,
    website: null,
  });
});

test.each([
  [{ 'io.artifacthub.package.readme-url': 'https://example.org/README.md' }, 'https://example.org/README.md'],
  [oci({ documentation: 'https://example.org/docs/README.md?x#y' }), 'https://example.org/docs/README.md?x#y'],
  [oci({ documentation: 'https://example.org/docs' }), null],
])('finds the README of %j', (annotations, expected) => {
  expect(toStatedFacts(annotations).readmeLink).toBe(expected);
});

test.each(['0001-01-01T00:00:00Z', 'yesterday', '99999-01-01', '2026-13-45'])('ignores the date %s', (created) => {
  expect(toStatedFacts(oci({ created })).createdAt).toBeNull();
});
