// Reads an image's size from its header, off the event loop. Contents are untrusted, so a wrong size costs a page nothing but
// space.
import sharp from 'sharp';

export type ImageSize = { width: number; height: number };

const MAX_SIDE = 10_000;
const MAX_SVG_PROLOGUE = 4_096;

/** In CSS pixels. Null if the header states no usable size, which a browser may still know. */
export async function measureImage(bytes: Buffer, type: string): Promise<ImageSize | null> {
  const size = type === 'image/svg+xml' ? readSvgSize(bytes) : await readPixelSize(bytes);
  return size && isSide(size.width) && isSide(size.height) ? size : null;
}

function isSide(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= MAX_SIDE;
}

/** Decodes no pixels. `autoOrient` has the sides as a browser shows them, after any rotation. */
async function readPixelSize(bytes: Buffer): Promise<ImageSize | null> {
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: MAX_SIDE ** 2 }).metadata();
    return autoOrient;
  } catch {
    return null;
  }
}

/** Only sizes in pixels. A browser derives others from the view box or the page. A renderer would take longer. */
function readSvgSize(bytes: Buffer): ImageSize | null {
  const root = /<svg\s[^>]*>/i.exec(bytes.toString('utf8', 0, MAX_SVG_PROLOGUE))?.[0] ?? '';
  const side = (name: string) => {
    const pixels = new RegExp(`\\s${name}=["'](\\d{1,5}(?:\\.\\d+)?)(?:px)?["']`).exec(root)?.[1];
    return pixels === undefined ? NaN : Math.round(Number(pixels));
  };
  return { width: side('width'), height: side('height') };
}
