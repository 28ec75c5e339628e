import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { tendImageSizes } from '#lib/gallery/jobs/tend-image-sizes.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { ImageSizes } from './image-sizes.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.app.db.imageSize.deleteMany();
});

const BADGE = '/api/badge/tag/acme/web.svg';
const drawSvg = (width: number) => ({
  bytes: Buffer.from(`<svg width="${width}" height="20"/>`),
  type: 'image/svg+xml',
});
/** As another process, or the same one after a restart. */
const startSizes = () => new ImageSizes(site.app);
const image = (path: string) => `<p><img alt="x" src="${path}"></p>`;
const countRows = () => site.app.db.imageSize.count();

test('adds the size of an image once it is known, unless the publisher sets one', async () => {
  const text = `![say "tag" <img src=>](${BADGE}) <img alt="small" height="10" src="${BADGE}">`;
  const { markdown, imageSizes } = site.app;
  expect(await markdown.render(text, 'ada')).not.toContain('width=');
  await imageSizes.remember(BADGE, drawSvg(90));
  await imageSizes.remember(BADGE, drawSvg(95));
  const html = await markdown.render(text, 'ada');
  expect(html.match(/width="95" height="20"/g)).toHaveLength(1);
  expect(html).toMatch(/<img [^>]*height="10"/);
  expect(html).toContain('alt="say &#x22;tag&#x22; <img src=>"');
});

test('knows the sizes after a restart', async () => {
  await startSizes().remember(BADGE, drawSvg(90));
  expect(await startSizes().addTo(image(BADGE))).toContain('width="90" height="20"');
  await startSizes().remember(BADGE, drawSvg(95));
  expect(await startSizes().addTo(image(BADGE))).toContain('width="95" height="20"');
  expect(await countRows()).toBe(1);
});

test('forgets an image without a usable size', async () => {
  await startSizes().remember(BADGE, drawSvg(90));
  const sizes = startSizes();
  await sizes.remember(BADGE, { bytes: Buffer.from('<svg viewBox="0 0 9 9"/>'), type: 'image/svg+xml' });
  expect(await sizes.addTo(image(BADGE))).toBe(image(BADGE));
  expect(await countRows()).toBe(0);
});

test('asks the database for a page once, and never for addresses that this site does not serve', async () => {
  let queries = 0;
  const pool = new Proxy(site.app.pool, {
    get: (target, key) => {
      if (key === 'query') queries += 1;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const sizes = new ImageSizes({ ...site.app, pool });
  await sizes.addTo(image('https://example.org/a.png'));
  expect(queries).toBe(0);
  for (let n = 0; n < 3; n += 1) await sizes.addTo(image(BADGE) + image('/api/images/mac/url'));
  expect(queries).toBe(1);
});

test('shows images without the database', async () => {
  const pool = new Proxy(site.app.pool, {
    get: (target, key) =>
      key === 'query' ? () => Promise.reject(new Error('gone')) : (Reflect.get(target, key, target) as unknown),
  });
  const sizes = new ImageSizes({ ...site.app, pool });
  expect(await sizes.addTo(image(BADGE))).toBe(image(BADGE));
  await sizes.remember(BADGE, drawSvg(90));
  expect(await sizes.addTo(image(BADGE))).toContain('width="90"');
});

test('the table stays small: the images served last remain, unless that was long ago', async () => {
  const sizes = startSizes();
  const paths = Array.from({ length: 6 }, (_, n) => `/api/badge/tag/acme/app-${n}.svg`);
  for (const path of paths) await sizes.remember(path, drawSvg(90));
  const rows = await site.app.db.imageSize.findMany({ select: { pathHash: true } });
  for (const [n, where] of rows.entries()) {
    const servedAt = new Date(Date.now() - n * 40 * 86_400_000);
    await site.app.db.imageSize.update({ where, data: { servedAt } });
  }
  await tendImageSizes(site.app);
  expect(await countRows()).toBe(3);
  await tendImageSizes(site.app, 2);
  const left = await site.app.db.imageSize.findMany({ select: { pathHash: true } });
  expect(left.map(toHex).sort()).toEqual(rows.slice(0, 2).map(toHex).sort());
});

const toHex = ({ pathHash }: { pathHash: Uint8Array }) => Buffer.from(pathHash).toString('hex');
