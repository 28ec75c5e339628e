// The format of sealed bytes: AES-256-GCM (NIST SP 800-38D) in segments, so that any range can be read by itself.
//
//   header    8 bytes   "VITRSEAL"
//             1 byte    version of the format, 1
//             1 byte    binary logarithm of the segment size, 16
//             2 bytes   zero
//             16 bytes  id of the sealing key
//             12 bytes  nonce
//             48 bytes  the data key, encrypted with the sealing key: ciphertext and tag. Authenticates the bytes above
//   segment   12 bytes  nonce
//             n bytes   ciphertext of 65,536 bytes, or of the rest in the last segment
//             16 bytes  tag. Authenticates the segment's index (8 bytes, big-endian) and 1 in the last segment, else 0 (1 byte)
//
// The last segment has 1 to 65,536 bytes, but none in an empty blob, so sealed bytes end in exactly one last segment and can't be cut
// unnoticed. Nonces are random, because an upload may write a segment again with other bytes.
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

const MAGIC = Buffer.from('VITRSEAL');
const VERSION = 1;
const SEGMENT_LOG2 = 16;
const KEY_ID_BYTES = 16;
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const KEY_ID_AT = MAGIC.length + 4;
const NONCE_AT = KEY_ID_AT + KEY_ID_BYTES;
const WRAPPED_AT = NONCE_AT + NONCE_BYTES;

export const HEADER_BYTES = WRAPPED_AT + KEY_BYTES + TAG_BYTES;
export const SEGMENT_BYTES = 2 ** SEGMENT_LOG2;
const OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;
export const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + OVERHEAD_BYTES;
const CIPHER = 'aes-256-gcm';

type RandomBytes = (count: number) => Buffer;

/** Encrypts data keys. The id is a UUID. */
export type SealingKey = { id: string; key: KeyObject };

/** Creates a data key and the header that carries it. `random` is for test vectors. */
export function createHeader(
  sealing: SealingKey,
  random: RandomBytes = (count) => randomBytes(count),
): { header: Buffer; dataKey: KeyObject } {
  const secret = random(KEY_BYTES);
  const nonce = random(NONCE_BYTES);
  const start = Buffer.concat([
    MAGIC,
    Buffer.of(VERSION, SEGMENT_LOG2, 0, 0),
    Buffer.from(sealing.id.replaceAll('-', ''), 'hex'),
  ]);
  const cipher = createCipheriv(CIPHER, sealing.key, nonce).setAAD(start);
  const wrapped = [cipher.update(secret), cipher.final(), cipher.getAuthTag()];
  const dataKey = createSecretKey(secret);
  secret.fill(0);
  return { header: Buffer.concat([start, nonce, ...wrapped]), dataKey };
}

/** Returns the id of the sealing key, or null if these bytes aren't a header of this version. */
export function readKeyId(header: Buffer): string | null {
  const isHeader =
    header.length >= HEADER_BYTES &&
    header.subarray(0, MAGIC.length).equals(MAGIC) &&
    header[MAGIC.length] === VERSION &&
    header[MAGIC.length + 1] === SEGMENT_LOG2;
  if (!isHeader) return null;
  const hex = header.toString('hex', KEY_ID_AT, NONCE_AT);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Decrypts the data key. Returns null if the header was altered. */
export function openHeader(header: Buffer, key: KeyObject): KeyObject | null {
  const decipher = createDecipheriv(CIPHER, key, header.subarray(NONCE_AT, WRAPPED_AT))
    .setAAD(header.subarray(0, NONCE_AT))
    .setAuthTag(header.subarray(WRAPPED_AT + KEY_BYTES, HEADER_BYTES));
  const secret = decipher.update(header.subarray(WRAPPED_AT, WRAPPED_AT + KEY_BYTES));
  try {
    decipher.final();
    return createSecretKey(secret);
  } catch {
    return null;
  } finally {
    secret.fill(0);
  }
}

/** Which segment of a blob, and whether it is the last. */
export type SegmentPlace = { index: number; isLast: boolean };

/** Encrypts a segment. Returns its parts. `random` is for test vectors. */
export function sealSegment(
  dataKey: KeyObject,
  place: SegmentPlace,
  plain: Buffer,
  random: RandomBytes = (count) => randomBytes(count),
): Buffer[] {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, dataKey, nonce).setAAD(describePlace(place));
  // GCM is a stream cipher, so `update` returns all bytes.
  const ciphertext = cipher.update(plain);
  cipher.final();
  return [nonce, ciphertext, cipher.getAuthTag()];
}

/** Decrypts a segment. Returns null if it was altered, or belongs to another place or blob. */
export function openSegment(dataKey: KeyObject, place: SegmentPlace, sealed: Buffer): Buffer | null {
  if (sealed.length < OVERHEAD_BYTES) return null;
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, dataKey, sealed.subarray(0, NONCE_BYTES))
    .setAAD(describePlace(place))
    .setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, tagAt));
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

function describePlace({ index, isLast }: SegmentPlace): Buffer {
  const place = Buffer.alloc(9);
  place.writeBigUInt64BE(BigInt(index));
  place.writeUInt8(isLast ? 1 : 0, 8);
  return place;
}

/** Returns the number of plain bytes in `sealedBytes`, which may be cut off anywhere. */
export function toPlainSize(sealedBytes: number): number {
  const rest = Math.max(0, sealedBytes - HEADER_BYTES);
  const whole = Math.floor(rest / SEALED_SEGMENT_BYTES);
  return whole * SEGMENT_BYTES + Math.max(0, (rest % SEALED_SEGMENT_BYTES) - OVERHEAD_BYTES);
}

export function toSealedSize(plainBytes: number): number {
  return HEADER_BYTES + plainBytes + countSegments(plainBytes) * OVERHEAD_BYTES;
}

/** Returns the offset of a segment in the sealed bytes. */
export function segmentOffset(index: number): number {
  return HEADER_BYTES + index * SEALED_SEGMENT_BYTES;
}

/** Returns where the segment after the one at `sealedOffset` ends. Between the two, one segment is whole. */
export function nextSegmentEnd(sealedOffset: number): number {
  return segmentOffset(Math.floor(Math.max(0, sealedOffset - HEADER_BYTES) / SEALED_SEGMENT_BYTES) + 2);
}

export function countSegments(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / SEGMENT_BYTES));
}
