import type pg from 'pg';
import { MAX_REACHABLE } from '#lib/search/schema.ts';
import type { SeededGallery } from './seed-gallery.ts';
import { countSearchPages, samplePages, type SampledPage } from './list-pages.sql.ts';

export type PageKind = {
  name: string;
  /** Different pages of this kind, spread over the gallery. */
  first: string[];
  /** The largest page of this kind. */
  repeated: string;
  /** Measured with Lighthouse too. */
  isMain?: boolean;
};

const SAMPLE = 200;
/** Of the search page. */
const PAGE_SIZE = 25;
const QUERIES = [
  'redis',
  'postgres backup',
  'ngnix',
  'kube state metrics',
  'exporter',
  'hardened golang',
  'tekton-cli',
];

/** Lists pages of a gallery that seed-gallery.ts created. */
export async function listPages(pool: pg.Pool, gallery: SeededGallery): Promise<PageKind[]> {
  const rows = await samplePages(pool, SAMPLE);
  const pages = await countSearchPages(pool, { maxHits: MAX_REACHABLE, pageSize: PAGE_SIZE });
  const each = (path: (row: SampledPage) => string) => rows.map(path);
  const largest = `/${gallery.largestRepository}`;
  const [row] = rows;
  if (!row) throw new Error('the gallery is empty');
  const below = (item: string) => `/${row.alias}/${row.name}/-/${item}`;
  const queries = rows.map(
    (_, i) => `/search?q=${encodeURIComponent(`${QUERIES[i % QUERIES.length]} ${row.name[i % 3]}`)}`,
  );
  return [
    { name: 'home', first: rows.map((_, i) => `/?n=${i}`), repeated: '/', isMain: true },
    { name: 'search', first: queries, repeated: '/search?q=redis', isMain: true },
    { name: 'search, everything', first: rows.map((_, i) => `/search?page=${1 + (i % pages)}`), repeated: '/search' },
    {
      name: 'search, filtered',
      first: queries.map((query) => `${query}&platform=linux/arm64`),
      repeated: '/search?kind=image&platform=linux/arm64',
    },
    {
      name: 'publisher',
      first: each(({ alias }) => `/${alias}`),
      repeated: `/${gallery.largestPublisher}`,
      isMain: true,
    },
    { name: 'repository', first: each(({ alias, name }) => `/${alias}/${name}`), repeated: largest, isMain: true },
    {
      name: 'tags (10,000)',
      first: each(({ alias, name }) => `/${alias}/${name}/-/tags`),
      repeated: `${largest}/-/tags`,
      isMain: true,
    },
    {
      name: 'tag',
      first: each(({ alias, name }) => `/${alias}/${name}/-/tags/latest`),
      repeated: `${largest}/-/tags/latest`,
    },
    {
      name: 'tags by platform',
      first: each(({ alias, name }) => `/${alias}/${name}/-/tags?view=platforms`),
      repeated: `${largest}/-/tags?view=platforms`,
    },
    {
      name: 'comparison',
      first: each(({ alias, name }) => `/${alias}/${name}/-/compare?from=1.1&to=latest`),
      repeated: `${largest}/-/compare?from=1.2&to=latest`,
    },
    {
      name: 'security',
      first: each(({ alias, name }) => `/${alias}/${name}/-/security`),
      repeated: `${largest}/-/security`,
    },
    {
      name: 'digest',
      first: each(({ alias, name, digest }) => `/${alias}/${name}/-/digests/${digest}`),
      repeated: below(`digests/${row.digest}`),
    },
    {
      name: 'layer',
      first: each(({ alias, name, layer }) => `/${alias}/${name}/-/layers/${layer}`),
      repeated: below(`layers/${row.layer}`),
    },
    {
      name: 'insights',
      first: each(({ alias, name }) => `/${alias}/${name}/-/insights`),
      repeated: `${largest}/-/insights`,
    },
  ];
}
