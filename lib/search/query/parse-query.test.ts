import { expect, test } from 'vitest';
import { normaliseQuery, parsePastedReference } from './parse-query.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What the site offers to copy, and what else people have in their clipboards. */
test.each([
  ['docker pull gallery.test/ada/tools/fmt:1.0', '1.0'],
  ['docker run --rm -p 80:80 -v /data:/data gallery.test/ada/tools/fmt:1.0 serve /data', '1.0'],
  ['podman pull --tls-verify=false localhost:3000/ada/tools/fmt:1.0', '1.0'],
  ['nerdctl --insecure-registry pull localhost:3000/ada/tools/fmt:1.0', '1.0'],
  ['ctr images pull --plain-http localhost:3000/ada/tools/fmt:1.0', '1.0'],
  ['skopeo copy --src-tls-verify=false docker://localhost:3000/ada/tools/fmt:1.0 oci:fmt', '1.0'],
  ['oras pull --plain-http localhost:3000/ada/tools/fmt:1.0', '1.0'],
  ['helm pull --plain-http oci://localhost:3000/ada/tools/fmt --version 100.2.0+up40.1.2', '100.2.0_up40.1.2'],
  ['helm install monitor oci://gallery.test/ada/tools/fmt --version=100.2.0+up40.1.2', '100.2.0_up40.1.2'],
  ['ada/tools/fmt:100.2.0+up40.1.2', '100.2.0_up40.1.2'],
  ['ada/tools/fmt:100.2.0_up40.1.2', '100.2.0_up40.1.2'],
])('parses %s', (pasted, tag) => {
  expect(parsePastedReference(pasted)).toEqual({ fullName: 'ada/tools/fmt', tag, digest: null });
  expect(normaliseQuery(pasted)).toBe('ada/tools/fmt');
});

test('parses a command with a digest', () => {
  const pasted = `helm pull oci://gallery.test/ada/fmt@${DIGEST}`;
  expect(parsePastedReference(pasted)).toEqual({ fullName: 'ada/fmt', tag: null, digest: DIGEST });
});

test.each([
  ['docker registry', 'docker registry'],
  ['helm charts/nginx', 'helm charts/nginx'],
  ['docker run nginx', 'nginx'],
  ['helm', 'helm'],
  ['c++ compiler', 'c++ compiler'],
])('leaves plain words alone: %s', (query, text) => {
  expect(normaliseQuery(query)).toBe(text);
  expect(parsePastedReference(query)).toBeNull();
});
