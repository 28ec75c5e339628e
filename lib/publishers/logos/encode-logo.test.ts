import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/platform/errors.ts';
import { makeBomb, makeLogo } from '#lib/testing/images/sample-logo.ts';
import { createLogoTurns, encodeLogo as encodeFor } from './encode-logo.ts';
import { MAX_LOGO_BYTES } from '#lib/publishers/schema.ts';

const encodeLogo = (bytes: Buffer) => encodeFor({ logoTurns: createLogoTurns() }, bytes, 'somebody');
const SVG = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;

describe('a logo', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('%s becomes WebP of the same look', async (format) => {
    const encoded = await encodeLogo(await makeLogo({ format, width: 120, height: 60 }));
    expect(await sharp(encoded).metadata()).toMatchObject({ format: 'webp', width: 120, height: 60 });
    const [red = 0, green = 0, blue = 0] = await sharp(encoded).resize(1, 1).removeAlpha().raw().toBuffer();
    for (const [value, wanted] of [
      [red, 0xc0],
      [green, 0x39],
      [blue, 0x2b],
    ] as const)
      expect(Math.abs(value - wanted)).toBeLessThan(8);
  });

  test('of the largest size is made smaller; what is see-through stays so', async () => {
    const large = await encodeLogo(await makeLogo({ width: 2048, height: 1024 }));
    expect(await sharp(large).metadata()).toMatchObject({ width: 512, height: 256 });
    const clear = sharp({ create: { width: 64, height: 64, channels: 4, background: '#00000000' } });
    expect(await sharp(await encodeLogo(await clear.png().toBuffer())).metadata()).toMatchObject({ hasAlpha: true });
  });

  test('loses what a camera or an editor wrote into it, and is turned the way that said', async () => {
    const exif = { IFD0: { Copyright: 'secret-studio' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } };
    const picture = sharp(await makeLogo({ width: 200, height: 100, format: 'jpeg' }));
    const bytes = await picture.withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { exif: before } = await sharp(bytes).metadata();
    expect(before).toBeDefined();
    const after = await sharp(await encodeLogo(bytes)).metadata();
    expect(after).toMatchObject({ width: 100, height: 200 });
    expect([after.exif, after.icc, after.xmp, after.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('that is also a web page or an archive comes out as a picture alone', async () => {
    const payload = Buffer.from('<script>alert(document.domain)</script>PK\x03\x04');
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const encoded = await encodeLogo(Buffer.concat([await makeLogo({ format }), payload]));
      expect(encoded.includes('<script>')).toBe(false);
      expect(encoded.includes('PK\x03\x04')).toBe(false);
    }
  });
});

describe('refused is', () => {
  const truncated = async (format: 'png' | 'jpeg' | 'webp') => {
    const bytes = await sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
        background: '#000',
      },
    })
      .toFormat(format)
      .toBuffer();
    return bytes.subarray(0, Math.floor(bytes.length / 2));
  };
  const gif = () =>
    sharp({ create: { width: 64, height: 64, channels: 3, background: '#000' } })
      .gif()
      .toBuffer();
  const asWebp = async () => {
    const riff = Buffer.from('RIFF\0\0\0\0WEBP');
    return Buffer.concat([riff, await makeLogo()]);
  };
  test.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    ['nothing', () => Buffer.alloc(0), /empty/],
    ['SVG', () => Buffer.from(SVG), /SVG is not taken/],
    ['SVG after a byte order mark and a comment', () => Buffer.from(`\uFEFF<!-- x -->${SVG}`), /SVG is not taken/],
    ['a GIF', gif, /PNG, JPEG or WebP/],
    ['text', () => Buffer.from('hello'), /PNG, JPEG or WebP/],
    ['HTML', () => Buffer.from('<!doctype html><script>1</script>'), /PNG, JPEG or WebP/],
    ['a signature and nothing else', () => Buffer.from('89504e470d0a1a0a', 'hex'), /damaged/],
    [
      'a signature before an SVG',
      () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(SVG)]),
      /damaged/,
    ],
    ['a PNG in the clothes of a WebP', asWebp, /damaged/],
    ['a PNG that ends too early', () => truncated('png'), /damaged/],
    ['a JPEG that ends too early', () => truncated('jpeg'), /damaged/],
    ['a WebP that ends too early', () => truncated('webp'), /damaged/],
    [
      'a picture that claims to be huge',
      () => makeBomb(60_000, 60_000),
      /60000 × 60000 pixels: each side has 60 to 2048/,
    ],
    ['one that claims more than it has', () => makeBomb(2_000, 2_000), /damaged/],
    ['one that is too small', () => makeLogo({ width: 59 }), /59 × 96 pixels/],
    ['one that is too long', () => makeLogo({ width: 60, height: 2_049 }), /60 × 2049 pixels/],
  ])('%s', async (_name, make, sentence) => {
    const error: unknown = await encodeLogo(await make()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'invalid_input',
      detail: { fieldErrors: { logo: expect.stringMatching(sentence) as string } },
    });
  });

  test('more than 500 KB, looked at or not', async () => {
    const bytes = Buffer.concat([await makeLogo(), Buffer.alloc(MAX_LOGO_BYTES)]);
    await expect(encodeLogo(bytes)).rejects.toMatchObject({ code: 'too_large' });
    const fits = Buffer.concat([await makeLogo()], MAX_LOGO_BYTES);
    await expect(encodeLogo(fits)).resolves.toBeInstanceOf(Buffer);
  });
});

test('who sends many at once has them encoded one by one, and not before those of others', async () => {
  const bytes = await makeLogo({ width: 2_048, height: 2_048 });
  const app = { logoTurns: createLogoTurns() };
  const ended: string[] = [];
  const send = (key: string) =>
    encodeFor(app, bytes, key).then(
      () => ended.push(key),
      (error: unknown) => ended.push(isAppError(error) ? error.code : 'broken'),
    );
  const all = [...Array.from({ length: 12 }, () => send('many')), send('one')];
  await Promise.all(all);
  // One is encoded, eight wait, and three are told to come again.
  expect(ended.filter((key) => key === 'rate_limited')).toHaveLength(3);
  expect(ended.filter((key) => key === 'many')).toHaveLength(9);
  expect(ended.indexOf('one')).toBeLessThan(ended.lastIndexOf('many'));
});
