import { countSegments, createHeader, sealSegment, SEGMENT_BYTES, type SealingKey } from './seal-format.ts';

/** Seals bytes in memory, as SealedStagedFile does while they arrive. */
export function sealBytes(sealing: SealingKey, plain: Buffer): Buffer {
  const { header, dataKey } = createHeader(sealing);
  const count = countSegments(plain.length);
  const segments = Array.from({ length: count }).flatMap((_, index) => {
    const part = plain.subarray(index * SEGMENT_BYTES, (index + 1) * SEGMENT_BYTES);
    return sealSegment(dataKey, { index, isLast: index === count - 1 }, part);
  });
  return Buffer.concat([header, ...segments]);
}
