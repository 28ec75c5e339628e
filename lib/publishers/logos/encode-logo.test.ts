import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/platform/errors.ts';
import { makeBomb, makeLogo } from '#lib/testing/images/sample-logo.ts';
import { createLogoTurns, encodeLogo as encodeFor } from './encode-logo.ts';
import { MAX_LOGO_BYTES } from '#lib/publishers/schema.ts';

const encodeLogo = (bytes: Buffer) => encodeFor({ logoLimiter: createLogoTurns() }, bytes, 'somebody');
const SVG = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;

describe('encodeLogo', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('converts %s to WebP', async (format) => {
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

  test('scales large images down and keeps transparency', async () => {
    const large = await encodeLogo(await makeLogo({ width: 2048, height: 1024 }));
    expect(await sharp(large).metadata()).toMatchObject({ width: 512, height: 256 });
    const clear = sharp({ create: { width: 64, height: 64, channels: 4, background: '#00000000' } });
    expect(await sharp(await encodeLogo(await clear.png().toBuffer())).metadata()).toMatchObject({ hasAlpha: true });
  });

  test('strips metadata and applies the EXIF orientation', async () => {
    const exif = { IFD0: { Copyright: 'secret-studio' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } };
    const picture = sharp(await makeLogo({ width: 200, height: 100, format: 'jpeg' }));
    const bytes = await picture.withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { exif: before } = await sharp(bytes).metadata();
    expect(before).toBeDefined();
    const after = await sharp(await encodeLogo(bytes)).metadata();
    expect(after).toMatchObject({ width: 100, height: 200 });
    expect([after.exif, after.icc, after.xmp, after.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('strips polyglot payloads', async () => {
    const payload = Buffer.from('<script>alert(document.domain)</script>PK\x03\x04');
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const encoded = await encodeLogo(Buffer.concat([await makeLogo({ format }), payload]));
      expect(encoded.includes('<script>')).toBe(false);
      expect(encoded.includes('PK\x03\x04')).toBe(false);
    }
  });
});

describe('encodeLogo rejects', () => {
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
    ['an empty file', () => Buffer.alloc(0), /empty/],
    ['SVG', () => Buffer.from(SVG), /SVG isn't supported/],
    ['SVG after a byte order mark and a comment', () => Buffer.from(`\uFEFF<!-- x -->${SVG}`), /SVG isn't supported/],
    ['a GIF', gif, /PNG, JPEG or WebP/],
    ['text', () => Buffer.from('hello'), /PNG, JPEG or WebP/],
    ['HTML', () => Buffer.from('<!doctype html><script>1</script>'), /PNG, JPEG or WebP/],
    ['only a PNG signature', () => Buffer.from('89504e470d0a1a0a', 'hex'), /damaged/],
    [
      'an SVG with a PNG signature',
      () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(SVG)]),
      /damaged/,
    ],
    ['a PNG with a WebP signature', asWebp, /damaged/],
    ['a truncated PNG', () => truncated('png'), /damaged/],
    ['a truncated JPEG', () => truncated('jpeg'), /damaged/],
    ['a truncated WebP', () => truncated('webp'), /damaged/],
    ['an image with a huge declared size', () => makeBomb(60_000, 60_000), /60000 × 60000 pixels.*between 60 and 2048/],
    ['an image with too little data for its size', () => makeBomb(2_000, 2_000), /damaged/],
    ['an image that is too small', () => makeLogo({ width: 59 }), /59 × 96 pixels/],
    ['an image that is too tall', () => makeLogo({ width: 60, height: 2_049 }), /60 × 2049 pixels/],
  ])('%s', async (_name, make, sentence) => {
    const error: unknown = await encodeLogo(await make()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'invalid_input',
      detail: { fieldErrors: { logo: expect.stringMatching(sentence) as string } },
    });
  });

  test('files over 500 KB', async () => {
    const bytes = Buffer.concat([await makeLogo(), Buffer.alloc(MAX_LOGO_BYTES)]);
    await expect(encodeLogo(bytes)).rejects.toMatchObject({ code: 'too_large' });
    const fits = Buffer.concat([await makeLogo()], MAX_LOGO_BYTES);
    await expect(encodeLogo(fits)).resolves.toBeInstanceOf(Buffer);
  });
});

test('encodes one logo per user at a time and interleaves other users', async () => {
  const bytes = await makeLogo({ width: 2_048, height: 2_048 });
  const app = { logoLimiter: createLogoTurns() };
  const ended: string[] = [];
  const send = (key: string) =>
    encodeFor(app, bytes, key).then(
      () => ended.push(key),
      (error: unknown) => ended.push(isAppError(error) ? error.code : 'broken'),
    );
  const all = [...Array.from({ length: 12 }, () => send('many')), send('one')];
  await Promise.all(all);
  // One is encoded, eight wait and three are rejected.
  expect(ended.filter((key) => key === 'rate_limited')).toHaveLength(3);
  expect(ended.filter((key) => key === 'many')).toHaveLength(9);
  expect(ended.indexOf('one')).toBeLessThan(ended.lastIndexOf('many'));
});
