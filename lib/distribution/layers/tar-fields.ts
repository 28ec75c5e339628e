// Parses the fields of a tar header (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html), including
// GNU's binary numbers.

const CHECKSUM = { at: 148, length: 8 };
const SPACE = 0x20;

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** Reads text up to the first NUL. */
export function readText(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Reads octal digits, or a binary number if the first bit is set. Returns null for anything else. */
export function readNumber(block: Buffer, at: number, length: number): number | null {
  const field = block.subarray(at, at + length);
  if ((field[0] ?? 0) & 0x80) return readBinary(field);
  const digits = /^[ \0]*([0-7]*)(?:[ \0]|$)/.exec(field.toString('latin1'))?.[1];
  if (digits === undefined) return null;
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Reads a two's complement number, ignoring the first bit. */
function readBinary(field: Buffer): number {
  const first = field[0] ?? 0;
  let value = BigInt(first & 0x7f);
  for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte);
  return Number(BigInt.asIntN(field.length * 8 - 1, value));
}

export function readChecksum(block: Buffer): number | null {
  return readNumber(block, CHECKSUM.at, CHECKSUM.length);
}

/** Sums a header of unsigned bytes, and of signed bytes as some old tools do. Counts the checksum field as spaces. */
export function sumHeader(block: Buffer): (number | null)[] {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < block.length; i += 1) {
    const isChecksum = i >= CHECKSUM.at && i < CHECKSUM.at + CHECKSUM.length;
    const byte = isChecksum ? SPACE : (block[i] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return [unsigned, signed];
}
