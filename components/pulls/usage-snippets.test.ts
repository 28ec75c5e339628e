import { expect, test } from 'vitest';
import { snippetsOf, SNIPPET_KINDS, usageSnippet } from './usage-snippets.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const target = { address: 'gallery.test/ada/tools/fmt', reference: { tag: '1.0' }, isPlainHttp: false };

test('uses the tag or the digest', () => {
  const byDigest = { ...target, reference: { digest: DIGEST } };
  for (const kind of snippetsOf('image')) {
    expect(usageSnippet(kind, target), kind).toContain('gallery.test/ada/tools/fmt:1.0');
    expect(usageSnippet(kind, byDigest), kind).toContain(`gallery.test/ada/tools/fmt@${DIGEST}`);
  }
});

test('installs a chart by its version, or by its digest', () => {
  const chart = { ...target, reference: { tag: '1.2.3_up4', digest: DIGEST } };
  expect(usageSnippet('install', chart)).toBe('helm install fmt oci://gallery.test/ada/tools/fmt --version 1.2.3+up4');
  expect(usageSnippet('release', chart)).toContain('  version = "1.2.3+up4"');
  const latest = { ...target, reference: { tag: 'latest', digest: DIGEST }, isPlainHttp: true };
  expect(usageSnippet('install', latest)).toBe(
    `helm install fmt --plain-http oci://gallery.test/ada/tools/fmt@${DIGEST}`,
  );
  expect(usageSnippet('release', latest)).toContain(`  chart = "oci://gallery.test/ada/tools/fmt@${DIGEST}"\n}`);
});

test('never offers what runs an image for a chart or an artifact', () => {
  expect(snippetsOf('chart')).toEqual(['install', 'release']);
  expect(snippetsOf('artifact')).toEqual([]);
});

test.each([
  ['a/kube_state.metrics', 'kube-state-metrics'],
  ['a/7zip', 'app-7zip'],
  ['a/123', 'app-123'],
  ['a/null', 'app-null'],
  ['a/on', 'app-on'],
  [`a/${'x'.repeat(60)}`, 'x'.repeat(53)],
  [`a/${'x'.repeat(52)}-y`, 'x'.repeat(52)],
])('names the service of %s %s', (address, name) => {
  expect(usageSnippet('compose', { ...target, address })).toContain(`\n  ${name}:\n`);
});

test('contains no character of a shell, YAML or HCL but those of names', () => {
  for (const kind of SNIPPET_KINDS) expect(usageSnippet(kind, target)).not.toMatch(/[\\`$&|;<>'#%*!?]/);
});
