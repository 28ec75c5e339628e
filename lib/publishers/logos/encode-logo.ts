// A logo is a stranger's bytes. What a file is called or declared as counts for nothing: its first bytes say what it is, a decoder
// within bounds says whether that is true, and only what is encoded anew from the pixels is kept.
import sharp from 'sharp';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { FairTurns } from '#lib/platform/concurrency/fair-turns.ts';
import { MAX_LOGO_BYTES, MAX_LOGO_PIXELS, MIN_LOGO_PIXELS } from '#lib/publishers/schema.ts';

/** The largest place shows 64 CSS pixels; this is enough for it at any density, and for who takes it from the API. */
const STORED_PIXELS = 512;
const TIMEOUT_SECONDS = 5;

/** Decoding occupies threads of the pool by which files are read and names are resolved: of its four, half are left to them. */
const TURNS = { atATime: 2, atATimePerKey: 1, maxWaitingPerKey: 8, maxWaiting: 40 };

// Of each picture no more than one thread.
sharp.concurrency(1);

export function createLogoTurns(): FairTurns {
  return new FairTurns(TURNS);
}

type Format = 'png' | 'jpeg' | 'webp';

/**
 * As WebP.
 * @param key who asks: a user, or the host that a picture is from
 * @throws AppError `invalid_input`, `too_large`, `rate_limited`
 */
export async function encodeLogo(app: { logoTurns: FairTurns }, bytes: Buffer, key: string): Promise<Buffer> {
  if (bytes.length === 0) throw refusal('The file is empty: choose another one.');
  if (bytes.length > MAX_LOGO_BYTES)
    throw new AppError('too_large', 'The logo is larger than 500 KB. Choose a smaller file.');
  const format = detectFormat(bytes);
  return app.logoTurns.run(key, () => encode(bytes, format));
}

async function encode(bytes: Buffer, format: Format): Promise<Buffer> {
  try {
    // The header alone: of a picture that claims to be huge nothing is decoded.
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (header.format !== format) throw refusal(DAMAGED);
    const { width, height } = header;
    if (Math.min(width, height) < MIN_LOGO_PIXELS || Math.max(width, height) > MAX_LOGO_PIXELS) {
      const limits = `each side has ${MIN_LOGO_PIXELS} to ${MAX_LOGO_PIXELS} pixels`;
      throw refusal(`The picture has ${width} × ${height} pixels: ${limits}.`);
    }
    // A picture that ends too early is refused, not filled up with grey. Metadata is dropped unless it is asked for.
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

const DAMAGED = 'The file is damaged, or not the picture it begins as.';

function detectFormat(bytes: Buffer): Format {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'png';
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'jpeg';
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  if (/<svg[\s/>]/i.test(bytes.toString('latin1', 0, 4_096))) {
    throw refusal('SVG is not taken, because it can hold scripts: save the logo as PNG.');
  }
  throw refusal('A logo is a PNG, JPEG or WebP picture, whatever its file is called.');
}

function refusal(sentence: string, cause?: unknown): AppError {
  return new AppError('invalid_input', sentence, { cause, detail: { fieldErrors: { logo: sentence } } });
}
