import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { FACETS, type FacetName, type SearchFacets } from '#lib/search/schema.ts';
import { SearchFilterForm } from './search-filters.tsx';

function render(facets: Partial<SearchFacets>, estimated?: FacetName[]): string {
  const none = Object.fromEntries(FACETS.map((name) => [name, []])) as unknown as SearchFacets;
  const all = { ...none, ...facets, ...(estimated && { estimated }) };
  return renderToStaticMarkup(<SearchFilterForm facets={all} search={{ q: 'metrics', kind: 'chart' }} />);
}

const kind = [
  { value: 'image', count: 12_345 },
  { value: 'chart', count: 987 },
];

test('exact counts are shown as they are, and a choice without results is no link', () => {
  const html = render({ kind });
  expect(html).toContain('>12,345<');
  expect(html).not.toContain('about');
  expect(html).toMatch(/<a aria-disabled="true"[^>]*><span[^>]*>Verified/);
});

test('estimates are rounded and say so, but what is chosen has been counted', () => {
  const html = render({ kind }, ['kind', 'verified']);
  expect(html).toContain('~12,000');
  expect(html).toContain('about 12,000');
  expect(html).toContain('>987<');
});

test('a choice that the sample lacks can still be made', () => {
  const html = render({ kind }, ['kind', 'verified']);
  expect(html).toMatch(/<a [^>]*href="[^"]*verified=1"[^>]*><span[^>]*>Verified<\/span><\/a>/);
  expect(html).toMatch(/<a aria-disabled="true"[^>]*><span[^>]*>Up to 10 MB/);
});
