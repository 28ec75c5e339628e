import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { AuditChange, listChanges, shorten } from './audit-change.tsx';

const [OLD, NEW] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];

describe('what an audit row says changed', () => {
  test('names what differs, and nothing else', () => {
    expect(listChanges({ a: 1, b: 'x', c: null }, { a: 1, b: 'y', d: [2] })).toEqual([
      { name: 'b', from: 'x', to: 'y' },
      { name: 'd', from: null, to: '[2]' },
    ]);
    expect(listChanges(null, undefined)).toEqual([]);
    expect(listChanges('text', 5)).toEqual([]);
  });

  test('shortens digests and long texts, and keeps both whole beside it', () => {
    expect(shorten(OLD)).toBe(`sha256:${'a'.repeat(12)}…`);
    expect(shorten('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`);
    expect(shorten('short')).toBe('short');
    const html = renderToStaticMarkup(<AuditChange after={{ digest: NEW }} before={{ digest: OLD }} />);
    expect(html.replaceAll(/<[^>]+>/g, '')).toContain(`digest: ${shorten(OLD)} → ${shorten(NEW)}Show all`);
    for (const digest of [OLD, NEW]) expect(html).toContain(digest);
  });

  test('keeps markup from outside as text', () => {
    const html = renderToStaticMarkup(<AuditChange after={{ reason: '<script>' }} before={null} />);
    expect(html).not.toContain('<script>');
  });
});
