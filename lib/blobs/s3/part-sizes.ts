// Sizes of the parts of a multipart upload. S3 allows 10,000 parts of 5 MiB to 5 GiB each; only the last may be smaller.
const MIB = 1024 * 1024;
const FIRST_BYTES = 8 * MIB;
/** Parts of one size, before the size doubles. */
const PARTS_PER_SIZE = 1000;
const MAX_DOUBLINGS = 9;
export const MAX_PARTS = 10_000;

/**
 * Returns the size of a part by its number, from 1. The size grows with the number, so that small blobs take little
 * memory, 100 GB take 3,600 parts of at most 64 MiB, and 10,000 parts hold 8 TiB.
 */
export function partBytes(number: number): number {
  return FIRST_BYTES * 2 ** Math.min(MAX_DOUBLINGS, Math.floor((number - 1) / PARTS_PER_SIZE));
}
