import sharp from 'sharp';
import { expect, test } from 'vitest';
import { measureImage } from './measure-image.ts';

const drawn = () => sharp({ create: { width: 300, height: 120, channels: 4, background: '#0b6b64' } });

test.each([
  ['png', drawn().png()],
  ['gif', drawn().gif()],
  ['jpeg', drawn().jpeg()],
  ['jpeg', drawn().jpeg({ progressive: true })],
  ['webp', drawn().webp()],
  ['webp', drawn().webp({ lossless: true })],
  ['webp', drawn().withMetadata().webp()],
  ['webp', drawn().removeAlpha().webp()],
  ['avif', drawn().avif()],
])('measures a %s image', async (format, image) => {
  expect(await measureImage(await image.toBuffer(), `image/${format}`)).toEqual({ width: 300, height: 120 });
});

test.each([
  ['<svg xmlns="http://www.w3.org/2000/svg" width="96.4" height="20">', { width: 96, height: 20 }],
  [`<?xml version="1.0"?><svg height='20px' width='88px'/>`, { width: 88, height: 20 }],
  ['<svg viewBox="0 0 10 10" width="100%" height="20">', null],
  ['<svg width="0" height="20">', null],
  ['<svg width="99999" height="20">', null],
  ['<svg data-width="5" height="20">', null],
  ['<svg viewBox="0 0 10 10"><rect width="5" height="5"/></svg>', null],
])('reads only pixels of %s', async (text, size) => {
  expect(await measureImage(Buffer.from(text), 'image/svg+xml')).toEqual(size);
});

test.each(['png', 'gif', 'jpeg', 'webp', 'avif', 'svg+xml'])('takes no size from a cut %s file', async (format) => {
  const whole =
    format === 'svg+xml'
      ? Buffer.from('<svg')
      : await drawn()
          .toFormat(format as 'png')
          .toBuffer();
  for (const length of [0, 3, 12, 16]) {
    expect(await measureImage(whole.subarray(0, length), `image/${format}`)).toBeNull();
  }
});

test('measures a rotated photo as browsers show it', async () => {
  const photo = await drawn().jpeg().withMetadata({ orientation: 6 }).toBuffer();
  expect(await measureImage(photo, 'image/jpeg')).toEqual({ width: 120, height: 300 });
});

test('takes no size from an image of too many pixels', async () => {
  const header = await drawn().png().toBuffer();
  header.writeUInt32BE(1_000_000, 16);
  header.writeUInt32BE(1_000_000, 20);
  expect(await measureImage(header, 'image/png')).toBeNull();
});
