// Hostile text from publishers must not break badges, feeds, sitemaps or data blocks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText, escapeXml, scriptSafeJson } from './clean-text.ts';
import { drawBadge } from './draw-badge.ts';
import { textWidth } from './text-width.ts';
import { feedUpdated, tagUri, writeFeed, type Feed } from './write-feed.ts';
import { writeSitemap, writeSitemapIndex } from './write-sitemap.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  ']]><x/>',
  '"\' onload=alert(1) x="',
  '<!-- & --> &amp; &lt;',
  '\u202eevil\u2066',
  '\0\u0008\ufffe',
  '\ud800 half',
  'x'.repeat(1_000_000),
  '漢'.repeat(100_000),
];

/** Returns the element names of a well-formed XML document. Supports only what these writers produce. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const rest = xml
    .replace(/<\?xml[^?]*\?>/, '')
    .replace(/<(\/?)([\w:]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g, (...match) => {
      const [, end, name = '', , alone] = match as string[];
      if (end) expect(open.pop()).toBe(name);
      else names.push(name);
      if (!end && !alone) open.push(name);
      return '';
    });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|apos;)/);
  expect(xml).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/);
  expect(xml.isWellFormed()).toBe(true);
  return names;
}

const feedOf = (text: string): Feed => ({
  id: 'tag:example.org,2026:1',
  title: text,
  author: text,
  url: 'https://example.org/?a=1&b="',
  createdAt: new Date(0),
  selfUrl: 'https://example.org/feed',
  entries: [
    { id: 'tag:example.org,2026:1/2', title: text, text, url: 'https://example.org/x', updated: new Date(86_400_000) },
  ],
});

describe.each(HOSTILE)('hostile text %#', (text) => {
  test('stays text in a badge', () => {
    const svg = drawBadge({ label: text, value: text });
    expect(elementsOf(svg).toSorted()).toEqual(
      [
        'svg',
        'title',
        'clipPath',
        'rect',
        'g',
        'rect',
        'rect',
        'g',
        ...(cleanText(text, 9) ? ['text', 'text'] : []),
      ].toSorted(),
    );
    expect(svg.length).toBeLessThan(4_000);
  });

  test('stays text in a feed', () => {
    const xml = writeFeed(feedOf(text));
    expect(elementsOf(xml)).toEqual(
      'feed id title updated author name link link entry id title updated link content'.split(' '),
    );
    expect(xml.length).toBeLessThan(20_000);
    expect(xml).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  test('stays text in a data block', () => {
    const json = scriptSafeJson({ text });
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({ text });
  });
});

test('arbitrary text never breaks a document', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      elementsOf(writeFeed(feedOf(text)));
      elementsOf(drawBadge({ label: text, value: text }));
      expect(Array.from(cleanText(text, 10)).length).toBeLessThanOrEqual(10);
    }),
  );
});

describe('a badge', () => {
  test('is as wide as its text', () => {
    expect(textWidth('1.27', 11)).toBeCloseTo((636 * 3 + 318) * 0.011);
    const width = (value: string) => Number(/width="(\d+)"/.exec(drawBadge({ label: 'tag', value }))?.[1]);
    expect(width('1.27.0-alpine')).toBeGreaterThan(width('1.27'));
    expect(width('WWWW')).toBeGreaterThan(width('iiii'));
  });

  test('has an accessible name', () => {
    expect(drawBadge({ label: 'pulls', value: '1,204' })).toContain('aria-label="pulls: 1,204"');
  });
});

describe('a feed', () => {
  test('is as recent as its latest entry, or else as its subject', () => {
    expect(feedUpdated(feedOf('x'))).toEqual(new Date(86_400_000));
    expect(feedUpdated({ ...feedOf('x'), entries: [] })).toEqual(new Date(0));
  });

  test('has ids without ports or aliases', () => {
    expect(tagUri('http://localhost:3000', '123456789012', 'tools/app')).toBe(
      'tag:localhost,2026:123456789012/tools/app',
    );
  });
});

test('a sitemap escapes its URLs', () => {
  const xml = writeSitemap([
    { url: 'https://example.org/a/b?x=1&y=2', lastModified: new Date(0) },
    { url: 'https://example.org/a/c', lastModified: null },
  ]);
  expect(elementsOf(xml)).toEqual(['urlset', 'url', 'loc', 'lastmod', 'url', 'loc']);
  expect(xml).toContain('<loc>https://example.org/a/b?x=1&amp;y=2</loc><lastmod>1970-01-01T00:00:00.000Z</lastmod>');
  expect(elementsOf(writeSitemapIndex(['https://example.org/sitemap.xml?page=1']))).toEqual([
    'sitemapindex',
    'sitemap',
    'loc',
  ]);
});

test('text is cleaned, and cut between surrogate pairs', () => {
  expect(cleanText('  a\n\tb\u202e  c ', 20)).toBe('a b c');
  expect(cleanText('😀😀😀😀', 3)).toBe('😀😀…');
  expect(escapeXml(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;');
});
