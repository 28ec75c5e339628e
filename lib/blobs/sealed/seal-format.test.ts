// The published vectors of the format. A change here makes stored blobs unreadable.
import { createHash, createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { createHeader, HEADER_BYTES, openHeader, openSegment, readKeyId, sealSegment } from './seal-format.ts';
import vectors from './seal-vectors.json' with { type: 'json' };

/** `n` bytes: the SHA-256 of "vector 0", of "vector 1", and so on. */
function createBytes(): (n: number) => Buffer {
  let count = 0;
  return (n) => {
    const blocks = Array.from({ length: Math.ceil(n / 32) }, () =>
      createHash('sha256').update(`vector ${count++}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, n);
  };
}

const sealing = {
  id: vectors.sealingKeyId,
  key: createSecretKey(Buffer.from(vectors.sealingKey, 'hex')),
};

it.each(vectors.blobs)('seals a blob of $plainBytes bytes as published', ({ plainBytes, sealedSha256, sealed }) => {
  const next = createBytes();
  const plain = Buffer.alloc(plainBytes, 'plain bytes ');
  const { header, dataKey } = createHeader(sealing, next);
  const parts = [header];
  const count = Math.max(1, Math.ceil(plainBytes / 65_536));
  for (let index = 0; index < count; index += 1) {
    const part = plain.subarray(index * 65_536, (index + 1) * 65_536);
    parts.push(...sealSegment(dataKey, { index, isLast: index === count - 1 }, part, next));
  }
  const bytes = Buffer.concat(parts);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sealedSha256);
  if (sealed !== null) expect(bytes.toString('hex')).toBe(sealed);
});

it('opens a published blob', () => {
  const [blob] = vectors.blobs.filter(({ sealed }) => sealed !== null && sealed.length > 300);
  const bytes = Buffer.from(blob?.sealed ?? '', 'hex');
  expect(readKeyId(bytes)).toBe(vectors.sealingKeyId);
  const dataKey = openHeader(bytes.subarray(0, HEADER_BYTES), sealing.key);
  const place = { index: 0, isLast: true };
  const plain = dataKey && openSegment(dataKey, place, bytes.subarray(HEADER_BYTES));
  expect(plain?.equals(Buffer.alloc(blob?.plainBytes ?? 0, 'plain bytes '))).toBe(true);
});
