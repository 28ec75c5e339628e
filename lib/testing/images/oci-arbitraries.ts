// Generates names, tags and digests by the specification's grammar.
import fc from 'fast-check';
import { toDigest } from '#lib/oci/digest.ts';

const text = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const LOWER = 'abcxyz0189';
const word = text(LOWER, 1, 6);
const separator = fc.constantFrom('.', '_', '__', '-', '--', '-----');
const component = fc
  .tuple(word, fc.array(fc.tuple(separator, word), { maxLength: 3 }))
  .map(([first, more]) => first + more.flat().join(''));
// Names may contain the segments of the routes that follow them.
const trap = fc.constantFrom('manifests', 'blobs', 'uploads', 'tags', 'list', 'referrers', 'latest');

export const anyName = fc
  .array(fc.oneof({ weight: 3, arbitrary: component }, { weight: 2, arbitrary: trap }), { minLength: 1, maxLength: 6 })
  .map((components) => components.join('/'))
  .filter((name) => name.length <= 255);

export const anyTag = fc
  .tuple(text(`${LOWER}XYZ_`, 1, 1), text(`${LOWER}XYZ_.-`, 0, 127))
  .map((parts) => parts.join(''));

const HEX = '0123456789abcdef';
export const anyDigest = fc.oneof(
  text(HEX, 64, 64).map((hex) => toDigest('sha256', hex)),
  text(HEX, 128, 128).map((hex) => toDigest('sha512', hex)),
);
