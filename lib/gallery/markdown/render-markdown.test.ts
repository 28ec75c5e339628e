import { expect, test } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';

const HOSTILE: [what: string, markdown: string][] = [
  ['script', '<script>alert(1)</script>'],
  ['event handler', '<img src="https://x.test/a.png" onerror="alert(1)">'],
  [
    'javascript link',
    '[x](javascript:alert(1)) <a href="JaVaScRiPt:alert(1)">y</a> <a href="java\tscript:alert(1)">z</a>',
  ],
  [
    'data link',
    '<a href="data:text/html,<script>alert(1)</script>">x</a> ![x](data:image/svg+xml,<svg/onload=alert(1)>)',
  ],
  ['svg', '<svg onload="alert(1)"><script>alert(1)</script></svg><math><mi xlink:href="javascript:alert(1)">'],
  ['style', '<style>*{display:none}</style><p style="position:fixed" class="button">x</p>'],
  ['iframe', '<iframe src="https://x.test"></iframe><object data="x"></object><embed src="x"><base href="//x.test">'],
  ['form', '<form action="https://x.test"><input name="password"><button formaction="//x.test">b</button></form>'],
  ['meta', '<meta http-equiv="refresh" content="0;url=//x.test"><link rel="stylesheet" href="//x.test">'],
  ['mutation', '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>'],
  [
    'picture',
    '<picture><source srcset="javascript:alert(1)"><source srcset="data:x 1x"><img src="x" onerror="alert(1)"></picture>',
  ],
  ['source outside a picture', '<source srcset="https://x.test/a.png" onerror="alert(1)">'],
  [
    'disguised URL',
    '[x](<&#1;javascript:alert(1)>) <a href="&#1;javascript:alert(1)">y</a> <a href="/\\javascript:alert(1)">z</a>',
  ],
  ['comment', '<!--><img src=x onerror=alert(1)>--> <![CDATA[<script>alert(1)</script>]]>'],
];

const FORBIDDEN =
  /<(?!\/?(?:p|h[1-6]|ul|ol|li|a|img|em|strong|code|pre|br|hr|blockquote|table|thead|tbody|tr|th|td|del|sup|section|div|details|summary|picture|source|abbr)\b)|\son\w+=|javascript:|data:|style=|class=|srcdoc/i;

test.each(HOSTILE)('removes a hostile %s', (_what, markdown) => {
  const html = renderMarkdown(markdown);
  expect(html).not.toMatch(FORBIDDEN);
  expect(html).not.toContain('alert(1)</');
});

test("headings start below the page's and have anchors", () => {
  const html = renderMarkdown('# Getting started\n\n## Getting started\n\n###### Deep\n\n[up](#getting-started)');
  expect(html).toContain('<h3 id="user-content-getting-started">');
  expect(html).toContain('<h4 id="user-content-getting-started-1">');
  expect(html).toContain('<h6 id="user-content-deep">');
  expect(html).toContain('<a href="#user-content-getting-started">up</a>');
});

test('ids never collide with ids of the page', () => {
  const html = renderMarkdown(
    '<p id="content">a</p><a name="cookie" id="cookie">b</a><img name="body" src="https://x.test/i.png">',
  );
  expect(html).toContain('id="user-content-content"');
  expect(html).not.toMatch(/\sname=|id="(?!user-content-)/);
});

test('external links send no referrer and no ranking signal, and relative links are dropped', () => {
  const html = renderMarkdown('[a](https://x.test/) [b](./docs) <a href="/console" target="_top">d</a>');
  expect(html).toBe('<p><a href="https://x.test/" rel="nofollow ugc noopener noreferrer">a</a> <a>b</a> <a>d</a></p>');
});

test('images load lazily over https without a referrer', () => {
  const html = renderMarkdown('![a](https://x.test/a.png) ![b](http://x.test/b.png)');
  expect(html).toContain('<img src="https://x.test/a.png" alt="a" loading="lazy" referrerpolicy="no-referrer">');
  expect(html).toContain('<img src="https://x.test/b.png" alt="b" loading="lazy" referrerpolicy="no-referrer">');
});

test('supports GitHub-flavoured tables, task lists, strikethrough, autolinks and footnotes', () => {
  const html = renderMarkdown(
    '| a |\n|---|\n| 1 |\n\n- [x] done\n- [ ] open\n\n~~no~~ https://x.test note[^1]\n\n[^1]: Foot.',
  );
  expect(html).toContain('<table tabindex="0">');
  expect(html).toContain('<li>☑ done</li>');
  expect(html).toContain('<del>no</del>');
  expect(html).toContain('<a href="https://x.test/" rel=');
  expect(html).toContain('href="#user-content-fn-1"');
  expect(html).toContain('id="user-content-fn-1"');
});

test.each([
  ['a megabyte', 'word '.repeat(200_000)],
  ['emphasis marks', `${'*'.repeat(12_000)}a${'*'.repeat(12_000)}`],
  ['brackets', ']'.repeat(25_000)],
  ['nested lists', '- >\n'.repeat(6_000)],
  ['nested quotes', '> '.repeat(12_000)],
  ['nested elements', '<div>'.repeat(5_000)],
])('a text of %s is rendered in bounded time', (_what, markdown) => {
  const startedAt = performance.now();
  const html = renderMarkdown(markdown);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(html.length).toBeGreaterThan(0);
  expect(html).not.toContain('<div><div><div><div><div><div>'.repeat(100));
});

test('text that times out is escaped and shown as plain text', () => {
  expect(renderMarkdown(`<b>${'- >\n'.repeat(6_000)}`)).toMatch(/^<pre tabindex="0">&#60;b&#62;- &#62;/);
});

test('an empty text renders as nothing', () => {
  expect(renderMarkdown(' \n\t ')).toBe('');
});

test('colours code whose language is known, and offers to copy every block', () => {
  const html = renderMarkdown('```sh\necho "$A" # x\n```\n\n```mermaid\ngraph\n```\n\n    indented\n\n`inline`');
  expect(html).toContain('<span class="hljs-built_in">echo</span>');
  expect(html).toContain('<span class="hljs-comment"># x</span>');
  expect(html).toContain('<pre tabindex="0"><code>graph\n</code></pre>');
  expect(html.match(/<div class="code-block">/g)).toHaveLength(3);
  expect(html.match(/<button type="button" class="copy-code needs-script">Copy<\/button>/g)).toHaveLength(3);
  expect(html).toContain('<code>inline</code>');
});

test("keeps none of a publisher's classes", () => {
  const html = renderMarkdown('<pre class="copy-code"><code class="language-x button needs-script">a</code></pre>');
  expect(html).toContain('<pre tabindex="0"><code>a</code></pre>');
  expect(renderMarkdown('<code class="language-sh">a</code><span class="language-sh">b</span>')).not.toContain('class');
});

test('stops colouring a text with very much code', () => {
  const block = `\`\`\`js\n${'let a = 1;\n'.repeat(1_000)}\`\`\`\n\n`;
  const html = renderMarkdown(block.repeat(2));
  const [first = '', second = ''] = html.split('</pre>');
  expect([first.includes('hljs-keyword'), second.includes('hljs-keyword')]).toEqual([true, false]);
});

test('pictures and images follow the theme of the page', () => {
  const picture = renderMarkdown(
    '<picture><source media="(prefers-color-scheme: dark)" srcset="https://x.test/dark.png"><img src="https://x.test/a.png" alt="A" width="9"></picture>',
  );
  expect(picture).toContain('<img src="https://x.test/a.png" alt="A" width="9" data-only="light"');
  expect(picture).toMatch(
    /<img src="https:\/\/x.test\/a.png" [^>]*srcset="https:\/\/x.test\/dark.png" data-only="dark"/,
  );
  const pair = renderMarkdown(
    '![a](https://x.test/d.png#gh-dark-mode-only)![a](https://x.test/l.png#gh-light-mode-only)',
  );
  expect(pair).toMatch(/d\.png[^>]* data-only="dark"[^>]*>.*l\.png[^>]* data-only="light"/);
  const plain = renderMarkdown(
    '<picture><source srcset="https://x.test/a.webp"><img src="https://x.test/a.png"></picture>',
  );
  expect(plain).toMatch(/^<p><picture><img src="https:\/\/x.test\/a.png"[^>]*><\/picture><\/p>$/);
});

test('images load through this site if it has a key', () => {
  const imageKey = new Uint8Array(32);
  const html = renderMarkdown(
    '![a](https://x.test/a.png)\n\n<picture><source media="(prefers-color-scheme: dark)" srcset="https://x.test/b.png 1x, https://x.test/c.png 2x"><img src="https://x.test/b.png"></picture>',
    { imageKey },
  );
  const addresses = [...html.matchAll(/\s(?:src|srcset)="([^"]*)"/g)].map(([, value]) => value);
  expect(addresses).toHaveLength(4);
  for (const address of addresses)
    expect(address).toMatch(/^\/api\/images\/[\w-]{22}\/[\w-]+( 1x, \/api\/images\/[\w-]{22}\/[\w-]+ 2x)?$/);
});
