// Logos are untrusted input. File names and declared types are ignored. The signature determines the format, a decoder with
// limits validates it, and only an image re-encoded from the pixels is stored.
import sharp from 'sharp';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import { MAX_LOGO_BYTES, MAX_LOGO_PIXELS, MIN_LOGO_PIXELS } from '#lib/publishers/schema.ts';

/** Pages show logos at up to 64 CSS pixels. This is enough for any pixel density and for API clients. */
const STORED_PIXELS = 512;
const TIMEOUT_SECONDS = 5;

/** Decoding uses libuv's four threads, which file access and DNS share. Leave two to them. */
const TURNS = { atATime: 2, atATimePerKey: 1, maxWaitingPerKey: 8, maxWaiting: 40 };

// Use one thread per image.
sharp.concurrency(1);

export function createLogoTurns(): FairLimiter {
  return new FairLimiter(TURNS);
}

type Format = 'png' | 'jpeg' | 'webp';

/**
 * Re-encodes a logo as WebP.
 * @param key the user, or the host an image was fetched from, for fair scheduling
 * @throws AppError `invalid_input`, `too_large`, `rate_limited`
 */
export async function encodeLogo(app: { logoLimiter: FairLimiter }, bytes: Buffer, key: string): Promise<Buffer> {
  if (bytes.length === 0) throw refusal('The file is empty. Choose another one.');
  if (bytes.length > MAX_LOGO_BYTES)
    throw new AppError('too_large', 'The logo is larger than 500 KB. Choose a smaller file.');
  const format = detectFormat(bytes);
  return app.logoLimiter.run(key, () => encode(bytes, format));
}

async function encode(bytes: Buffer, format: Format): Promise<Buffer> {
  try {
    // Read only the header first, so that huge images are never decoded.
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (header.format !== format) throw refusal(DAMAGED);
    const { width, height } = header;
    if (Math.min(width, height) < MIN_LOGO_PIXELS || Math.max(width, height) > MAX_LOGO_PIXELS) {
      const limits = `Each side must be between ${MIN_LOGO_PIXELS} and ${MAX_LOGO_PIXELS} pixels`;
      throw refusal(`The image has ${width} × ${height} pixels. ${limits}.`);
    }
    // failOn rejects truncated images, which sharp would otherwise pad with grey. sharp drops metadata by default.
    return await sharp(bytes, { limitInputPixels: MAX_LOGO_PIXELS ** 2, failOn: 'warning' })
      .timeout({ seconds: TIMEOUT_SECONDS })
      .autoOrient()
      .resize({ width: STORED_PIXELS, height: STORED_PIXELS, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 90, smartSubsample: true })
      .toBuffer();
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw refusal(DAMAGED, cause);
  }
}

const DAMAGED = 'The file is damaged or not a valid image.';

function detectFormat(bytes: Buffer): Format {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'png';
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'jpeg';
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  if (/<svg[\s/>]/i.test(bytes.toString('latin1', 0, 4_096))) {
    throw refusal("SVG isn't supported because it can contain scripts. Save the logo as PNG.");
  }
  throw refusal('Choose a PNG, JPEG or WebP image.');
}

function refusal(sentence: string, cause?: unknown): AppError {
  return new AppError('invalid_input', sentence, { cause, detail: { fieldErrors: { logo: sentence } } });
}
