// Valid and hostile images of publishers.
import { crc32 } from 'node:zlib';
import sharp from 'sharp';

type LogoOptions = { width?: number; height?: number; color?: string; format?: 'png' | 'jpeg' | 'webp' };

export function makeLogo({ width = 96, height = 96, color = '#c0392b', format = 'png' }: LogoOptions = {}) {
  return sharp({ create: { width, height, channels: 3, background: color } })
    .toFormat(format)
    .toBuffer();
}

/** A PNG whose header claims the given size, but whose pixels are those of a small image. */
export async function makeBomb(width: number, height: number): Promise<Buffer> {
  const bytes = await makeLogo();
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}
