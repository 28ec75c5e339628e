import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { createOffload, type Offload } from '#lib/platform/concurrency/offload.ts';
import { createMarkdownRenderer, type MarkdownRenderer } from './markdown-renderer.ts';

let offload: Offload;
let markdown: MarkdownRenderer;

beforeAll(() => {
  offload = createOffload();
  markdown = createMarkdownRenderer({
    offload,
    log: createLog('silent', false),
    imageKey: new Uint8Array(32),
    imageSizes: { addTo: (html) => Promise.resolve(html) },
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
