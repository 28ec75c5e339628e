import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { createOffload, type Offload } from '#lib/platform/concurrency/offload.ts';
import { ImageSizes } from '#lib/gallery/images/image-sizes.ts';
import { createMarkdownRenderer, type MarkdownRenderer } from './markdown-renderer.ts';

let offload: Offload;
const imageSizes = new ImageSizes();
let markdown: MarkdownRenderer;

beforeAll(() => {
  offload = createOffload();
  markdown = createMarkdownRenderer({
    offload,
    log: createLog('silent', false),
    imageKey: new Uint8Array(32),
    imageSizes,
  });
});
afterAll(() => offload.close());

const hostile = (i: number) => `${i} ${'- >\n'.repeat(6_000)}`;

/** Resolves with the number of event loop turns during `work`. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  void work.finally(() => (isDone = true));
  while (!isDone) {
    turns += 1;
    await new Promise(setImmediate);
  }
  return turns;
}

test('renders a text with its options', async () => {
  expect(await markdown.render('# A *b*', 'ada')).toBe('<h3 id="user-content-a-b">A <em>b</em></h3>');
  const options = { sourceUrl: 'https://github.com/o/r' };
  expect(await markdown.render('[a](b.md)', 'ada', options)).toContain('href="https://github.com/o/r');
  expect(await markdown.render(' \n', 'ada')).toBe('');
});

test('adds the size of an image once it is known, unless the publisher sets one', async () => {
  const badge = '/api/badge/tag/acme/web.svg';
  const text = `![say "tag" <img src=>](${badge}) <img alt="small" height="10" src="${badge}">`;
  expect(await markdown.render(text, 'ada')).not.toContain('width=');
  await imageSizes.remember(badge, { bytes: Buffer.from('<svg width="90" height="20"/>'), type: 'image/svg+xml' });
  await imageSizes.remember(badge, { bytes: Buffer.from('<svg width="95" height="20"/>'), type: 'image/svg+xml' });
  const html = await markdown.render(text, 'ada');
  expect(html.match(/width="95" height="20"/g)).toHaveLength(1);
  expect(html).toMatch(/<img [^>]*height="10"/);
  expect(html).toContain('alt="say &#x22;tag&#x22; <img src=>"');
});

test('does not block the event loop during a slow rendering', async () => {
  const rendering = markdown.render(hostile(0), 'eve');
  // On the event loop it would be one or two turns.
  expect(await countTurns(rendering)).toBeGreaterThan(1_000);
  expect(await rendering).toMatch(/^<pre tabindex="0">0 - &#62;/);
});

test("one key's slow texts do not delay another's", async () => {
  const texts = Array.from({ length: 6 }, (_, i) => markdown.render(hostile(i + 1), 'eve'));
  let evesDone = 0;
  for (const text of texts) void text.then(() => (evesDone += 1));
  expect(await markdown.render('*mine*', 'ada')).toBe('<p><em>mine</em></p>');
  expect(evesDone).toBeLessThan(texts.length);
  await Promise.all(texts);
});

test('texts beyond the queue limit are shown as plain text and rendered later', async () => {
  const texts = Array.from({ length: 12 }, (_, i) => markdown.render(`*text ${i}*`, 'eve'));
  const shown = await Promise.all(texts);
  expect(shown.at(0)).toBe('<p><em>text 0</em></p>');
  expect(shown.at(-1)).toBe('<pre tabindex="0">*text 11*</pre>');
  expect(await markdown.render('*text 11*', 'eve')).toBe('<p><em>text 11</em></p>');
});

test('a stuck thread is terminated and replaced', async () => {
  const endless = offload.run({
    script: 'lib/testing/servers/endless-script.ts',
    input: null,
    key: 'eve',
    timeoutMs: 300,
  });
  await expect(endless).rejects.toMatchObject({ code: 'unavailable' });
  expect(await markdown.render('*after*', 'eve')).toBe('<p><em>after</em></p>');
});
