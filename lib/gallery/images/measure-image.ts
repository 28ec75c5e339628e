// Reads an image's size from its header. Contents are untrusted, so a wrong size costs a page nothing but space.

export type ImageSize = { width: number; height: number };

const MAX_SIDE = 10_000;
const MAX_SVG_PROLOGUE = 4_096;

/** In CSS pixels. Null if the header states no usable size, which a browser may still know. */
export function measureImage(bytes: Buffer, type: string): ImageSize | null {
  const size = readSize(bytes, type);
  return size && isSide(size.width) && isSide(size.height) ? size : null;
}

function isSide(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= MAX_SIDE;
}

function readSize(bytes: Buffer, type: string): ImageSize | null {
  if (type === 'image/svg+xml') return readSvgSize(bytes);
  if (type === 'image/jpeg') return readJpegSize(bytes);
  if (bytes.length < 30) return null;
  if (type === 'image/png') return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (type === 'image/gif') return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  return type === 'image/webp' ? readWebpSize(bytes) : null;
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function readWebpSize(bytes: Buffer): ImageSize | null {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      const packed = bytes.readUInt32LE(21);
      return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    default:
      return null;
  }
}

/** Skips segments up to the start of frame, which holds the size. Null if rotated, because Exif then swaps the sides. */
function readJpegSize(bytes: Buffer): ImageSize | null {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xe1) return null;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** Only sizes in pixels. A browser derives others from the view box or the page. */
function readSvgSize(bytes: Buffer): ImageSize | null {
  const root = /<svg\s[^>]*>/i.exec(bytes.toString('utf8', 0, MAX_SVG_PROLOGUE))?.[0] ?? '';
  const side = (name: string) => {
    const pixels = new RegExp(`\\s${name}=["'](\\d{1,5}(?:\\.\\d+)?)(?:px)?["']`).exec(root)?.[1];
    return pixels === undefined ? NaN : Math.round(Number(pixels));
  };
  return { width: side('width'), height: side('height') };
}
