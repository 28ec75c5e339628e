// Real-world READMEs, written for a source repository's page and rendered for ours.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';
import { MAX_MARKDOWN_LENGTH } from '#lib/repositories/schema.ts';

const FOLDER = new URL('../../testing/fixtures/readmes/', import.meta.url);
const SOURCE = { sourceUrl: 'https://github.com/acme/monitor' };
const readme = (name: string) => readFileSync(new URL(`${name}.md`, FOLDER), 'utf8');
const names = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''));

/** Every URL in `html` that a browser could load or navigate to. */
function addressesIn(html: string): string[] {
  const attributes = [...html.matchAll(/\s(?:href|src|srcset|poster|data|background|action|cite)="([^"]*)"/g)];
  return attributes.flatMap(([, value = '']) => value.split(', ').map((part) => part.replace(/ \S+$/, '')));
}

function checkPage(html: string): void {
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id);
  expect(new Set(ids).size, 'ids are unique').toBe(ids.length);
  for (const address of addressesIn(html)) {
    if (address.startsWith('#')) expect([...ids, 'top'], address).toContain(address.slice(1));
    else expect(address).toMatch(/^(?:https?:\/\/|mailto:)/);
  }
  expect(html).not.toMatch(/<img[^>]* src="(?!https:)/);
}

describe.each([
  ['from an unknown source', {}],
  ['from a known source', SOURCE],
])('a README %s', (_what, options) => {
  test.each(names)('%s makes no request to this site, and its in-page links work', (name) => {
    checkPage(renderMarkdown(readme(name), options));
  });
});

test('a README from another site', () => {
  const html = renderMarkdown(readme('from-elsewhere'));
  for (const [text, id] of [
    ['Usage', 'usage'],
    ['Configuration', 'configuration'],
    ['By name', 'env-vars'],
    ['Back to top', 'readme-top'],
    ['安装', '安装'],
    ['🚀 Start', '-start'],
  ] as const) {
    expect(html).toContain(`<a href="#user-content-${id}">${text}</a>`);
    expect(html).toContain(` id="user-content-${id}"`);
  }
  expect(html).not.toContain('Front matter');
  expect(html).toContain('<div data-alert="note"><p><strong>Note</strong></p>\n<p>Needs two volumes.</p>');
  expect(html).toContain('<div data-alert="warning"><p><strong>Warning</strong></p>\n<p>Deletes things ⚠️</p>');
  expect(html).toContain('Text with 🚀 and footnote<sup><a id="user-content-fnref-1" href="#user-content-fn-1">1</a>');
  expect(html).toContain('<p>rel abs <img src="https://cdn.example.test/x.png" alt="protocol relative"');
  expect(html).toContain('<div align="center">centred</div> red');
  expect(html).toContain('<td align="center"><ul><li>one</li><li>two</li></ul></td>');
  expect(html).toContain('<p><code>8080</code></p>');
  expect(html).toContain('<p align="center">\n  <picture>Logo</picture>');
  expect(html).toContain('<code>graph TD; A-->B\n</code>');
});

test('a README from another site with a known source', () => {
  const html = renderMarkdown(readme('from-elsewhere'), SOURCE);
  expect(html).toContain('<a href="https://github.com/acme/monitor/blob/HEAD/docs/install.md#linux"');
  expect(html).toContain('<a href="https://github.com/acme/monitor/blob/HEAD/docs/x.md"');
  expect(html).toContain('srcset="https://img.example.test/dark.png"');
  expect(html).toContain(
    '<img src="https://github.com/acme/monitor/raw/HEAD/docs/images/logo.png" alt="Logo" width="120"',
  );
  expect(html).toContain('<img src="https://github.com/acme/monitor/raw/HEAD/screenshot.png" alt="rel"');
});

test('a centred header', () => {
  const html = renderMarkdown(readme('centred-header'), SOURCE);
  expect(html).toContain(
    '/raw/HEAD/.github/dark.svg 1x, https://github.com/acme/monitor/raw/HEAD/.github/dark@2x.png 2x"',
  );
  expect(html).toContain('<a href="#user-content--features">Features</a>');
  expect(html).toContain('<a href="#user-content-faq">FAQ</a>');
  expect(html).toContain('<a href="#top">back to top</a>');
  expect(html).toContain('<a href="#user-content-why-1">second</a>');
  expect(html).toContain('<li>✅ fast</li>');
});

test("a static site generator's page", () => {
  const html = renderMarkdown(readme('site-page'));
  expect(html).not.toContain('weight');
  expect(html).toMatch(
    /<div data-alert="important"><p><strong>Important<\/strong><\/p>\s*<p>\s*Read <strong>this<\/strong> first/,
  );
  expect(html).toMatch(
    /<div data-alert="tip"><p><strong>Tip<\/strong><\/p>\s*<p>Use <code>:rocket:<\/code> sparingly 🚀/,
  );
  expect(html).toContain('<p>[!UNKNOWN]\nA quotation.</p>');
  expect(html).toContain('Plain quotation with [!NOTE] inside.');
  expect(html).toContain('10:30:45, a ratio 1:2:3 and an image acme/monitor:latest:');
  expect(html).toContain('<a title="How">Install</a> Shot');
});

test('Windows line endings and a byte order mark', () => {
  const html = renderMarkdown(readme('windows-line-ends'));
  expect(html).toMatch(/^<h3 id="user-content-monitor">Monitor<\/h3>/);
  expect(html).toMatch(/<div data-alert="note"><p><strong>Note<\/strong><\/p>\s*<p>Windows line ends/);
  expect(html).toContain('<a href="#user-content-command-line-options-and-more">options</a>');
  expect(html).toContain('indented code :rocket:');
});

test('a README in several languages', () => {
  const html = renderMarkdown(readme('translated'));
  const links = [...html.matchAll(/<a href="#([^"]*)">/g)];
  expect(links).toHaveLength(7);
});

test("a chart's values table", () => {
  const html = renderMarkdown(readme('chart-values'));
  expect(html).toContain('<p>Kept.</p>');
  expect(html).toContain('<td>Tag<br>of the image. <a href="#user-content-values">Values</a></td>');
  expect(html).toContain('<a title="Infrastructure">🚇</a>');
});

test('nested blocks', () => {
  const html = renderMarkdown(readme('nested-blocks'));
  expect(html).toContain('<span class="hljs-attr">services:</span> <span class="hljs-comment"># :rocket: stays</span>');
  expect(html).toContain('<dd>\n<p>The <strong>port</strong>.</p>\n</dd>');
  expect(html).toContain('<figcaption>A figure</figcaption>');
  expect(html).toContain('<div align="center">Centred</div>');
  expect(html).toContain('<a href="#user-content-Custom-Anchor">There</a> and <a>nowhere</a>');
  expect(html).not.toMatch(/<(?:video|audio|embed|object|link|input)\b/);
});

/** A folder of data beside the project. A worktree is deeper than a plain checkout. */
function findOfficial(): URL | null {
  for (let folder = new URL('../', import.meta.url); folder.pathname !== '/'; folder = new URL('../', folder)) {
    const file = new URL('shared/data/official-images/repositories.json', folder);
    if (existsSync(file)) return file;
  }
  return null;
}

const official = findOfficial();

describe.skipIf(!official)(`READMEs of official images${official ? '' : ' (skipped: not downloaded)'}`, () => {
  const texts = official ? (JSON.parse(readFileSync(official, 'utf8')) as { name: string; about: string }[]) : [];

  test('exist', () => {
    expect(texts.length).toBeGreaterThanOrEqual(100);
  });

  test.each(texts.map(({ name, about }) => [name, about]))('%s', (_name, about) => {
    const html = renderMarkdown(about);
    expect(html).not.toMatch(/^<pre tabindex="0">&#/);
    checkPage(html);
    expect(renderMarkdown(about, { imageKey: new Uint8Array(32) })).not.toMatch(
      /\s(?:src|srcset)="(?!\/api\/images\/)/,
    );
    // Nothing is lost or left unrendered.
    const kept = about.slice(0, MAX_MARKDOWN_LENGTH);
    const headings = kept.replace(/^ *(`{3,})[\s\S]*?^ *\1/gm, '').match(/^#{1,6} /gm) ?? [];
    expect(html.match(/<h[3-6]/g) ?? []).toHaveLength(headings.length);
    expect(html.replace(/<pre[\s\S]*?<\/pre>|<code>[^<]*<\/code>/g, '')).not.toMatch(/\[![A-Z]+\]|\]\(|^#{1,6} |```/m);
  });
});
