import type pg from 'pg';
import { MAX_REACHABLE } from '#lib/search/schema.ts';
import type { SeededGallery } from './seed-gallery.ts';

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

type Row = { alias: string; name: string; digest: string; layer: string };

/** Lists pages of a gallery that seed-gallery.ts created. */
export async function listPages(pool: pg.Pool, gallery: SeededGallery): Promise<PageKind[]> {
  const { rows } = await pool.query<Row>(
    `WITH sample AS (SELECT id FROM repositories WHERE id % (SELECT greatest(1, count(*) / ${SAMPLE}) FROM repositories) = 0)
     SELECT a.name AS alias, r.name, m.digest, b.digest AS layer
       FROM sample JOIN repositories r USING (id)
       JOIN registries g ON g.id = r.registry_id JOIN aliases a ON a.id = g.primary_alias_id
       JOIN manifests m ON m.repository_id = r.id AND m.architecture = 'amd64' AND r.id > 1
       JOIN manifest_blobs b ON b.manifest_id = m.id AND b.kind = 'layer' AND b.position = 1
      ORDER BY r.id LIMIT ${SAMPLE}`,
  );
  const { rows: counted } = await pool.query<{ pages: number }>(
    'SELECT ceil(least(count(*), $1) / $2::float)::int AS pages FROM search_repositories',
    [MAX_REACHABLE, PAGE_SIZE],
  );
  const pages = counted[0]?.pages ?? 1;
  const each = (path: (row: Row) => string) => rows.map(path);
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
