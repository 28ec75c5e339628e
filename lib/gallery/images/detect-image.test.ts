import { expect, test } from 'vitest';
import sharp from 'sharp';
import { detectImage } from './detect-image.ts';

const square = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });

test.each(['png', 'jpeg', 'gif', 'webp', 'avif'] as const)('recognises %s', async (format) => {
  expect(detectImage(await square().toFormat(format).toBuffer())).toBe(`image/${format}`);
});

test.each([
  '<svg xmlns="http://www.w3.org/2000/svg"/>',
  '\uFEFF<?xml version="1.0"?>\n<!-- a -->\n<svg/>',
  '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">\n<svg >',
])('recognises the SVG %j', (text) => {
  expect(detectImage(Buffer.from(text))).toBe('image/svg+xml');
});

test.each([
  '',
  '<html><body>Not found</body></html>',
  '<!DOCTYPE html><svg/>',
  '<script>alert(1)</script><svg/>',
  '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
  '<svg><!ENTITY a "b"></svg>',
  'GIF',
  '%PDF-1.7',
  `<!--${'-'.repeat(4_000)}`,
  '<!---->'.repeat(500) + '<html>',
])('rejects %j', (text) => {
  expect(detectImage(Buffer.from(text))).toBeNull();
});
