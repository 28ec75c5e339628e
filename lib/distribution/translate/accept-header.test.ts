import { expect, test } from 'vitest';
import { parseAccept } from './accept-header.ts';

const OCI = 'application/vnd.oci.image.manifest.v1+json';

test.each([
  [OCI, 1],
  [`text/html, ${OCI};q=0.3`, 0.3],
  [`${OCI};q=0, */*`, 0],
  [`${OCI};q=0.2, application/*;q=0.9`, 0.2],
  ['*/*', 1],
  ['application/*;q=0.5, */*;q=0.1', 0.5],
  ['text/*', 0],
  [OCI.toUpperCase(), 1],
  [`${OCI} ; Q = 0.4`, 0.4],
  // Something else is given twice, or can't be read.
  [`${OCI};q=0.4, ${OCI}`, 1],
  [`${OCI};q=2, text/html`, 0],
  [`${OCI};charset=utf-8`, 1],
])('%s accepts an OCI manifest with quality %d', (header, quality) => {
  expect(parseAccept(header)?.quality(OCI)).toBe(quality);
});

test.each(['', ' ', 'nonsense', '/', 'text/html;q=x'])('%j names no type', (header) => {
  expect(parseAccept(header)).toBeNull();
});
