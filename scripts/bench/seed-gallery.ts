// Seeds a large gallery with bulk SQL, deterministically. Rows are consistent (digests, sizes, edges, links) and blobs
// are stored,
// so every page and pull works.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { buildImage, type Blob, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { makeAliases, makeRepositoryName } from './gallery-names.ts';
import { ABOUT_TEXT, INSERT_IMAGES, INSERT_PULLS, INSERT_TAGS } from './seed-gallery-sql.ts';

const REPOSITORIES_PER_PUBLISHER = 20;
const BATCH = 5_000;
/** The latest timestamp in the gallery, independent of the current time. */
const NEWEST = '2026-11-01T00:00:00Z';
const ARCHITECTURES = ['amd64', 'arm64'] as const;

export type SeededGallery = {
  /** The publisher with the most repositories, a fiftieth of all. */
  largestPublisher: string;
  /** The repository with `tags` tags. */
  largestRepository: string;
};

type SeedOptions = {
  repositories: number;
  /** Tags of the largest repository. The others have four. */
  tags: number;
  onStep?: (step: string) => void;
};

/** Fills an empty, migrated database. Call `rebuildSearch` afterwards. */
export async function seedGallery(
  { pool, intake }: { pool: pg.Pool; intake: Intake },
  { repositories, tags, onStep = () => undefined }: SeedOptions,
): Promise<SeededGallery> {
  onStep('publishers');
  const aliases = makeAliases(Math.max(2, Math.ceil(repositories / REPOSITORIES_PER_PUBLISHER)));
  await insertPublishers(pool, aliases);
  onStep('repositories');
  await insertRepositories(pool, repositories, aliases.length);
  onStep('images');
  await insertImages({ pool, intake }, repositories, tags);
  onStep('tags');
  for (const sql of INSERT_TAGS) await pool.query(sql);
  onStep('pulls');
  await pool.query(INSERT_PULLS);
  onStep('statistics');
  await pool.query('ANALYZE');
  const name = makeRepositoryName(0, 0).name;
  const alias = aliases[0]?.name ?? '';
  return { largestPublisher: alias, largestRepository: `${alias}/${name}` };
}

async function insertPublishers(pool: pg.Pool, aliases: { name: string; foldedKey: string }[]): Promise<void> {
  await pool.query(
    `WITH rows AS (SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS row(name, folded_key, n)),
     made AS (
       INSERT INTO registries (registry_id, display_name, approved_name, verified_at, verified_by, verified_note, created_at)
       SELECT (100000000000 + n)::text, initcap(name) || ' Inc.', initcap(name) || ' Inc.', CASE WHEN n % 10 = 0 THEN $3::timestamptz END,
              CASE WHEN n % 10 = 0 THEN 'decision' END, CASE WHEN n % 10 = 0 THEN 'Known to us' END,
              $3::timestamptz - n * interval '37 minutes'
         FROM rows ORDER BY n RETURNING id, registry_id
     )
     INSERT INTO aliases (name, folded_key, registry_id)
     SELECT name, folded_key, made.id FROM rows JOIN made ON registry_id = (100000000000 + n)::text ORDER BY n`,
    [aliases.map(({ name }) => name), aliases.map(({ foldedKey }) => foldedKey), NEWEST],
  );
  await pool.query(
    'UPDATE registries r SET primary_alias_id = a.id, default_alias_id = a.id FROM aliases a WHERE a.registry_id = r.id',
  );
}

/** The first publisher gets a fiftieth of the repositories, the others share the rest. */
async function insertRepositories(pool: pg.Pool, count: number, publishers: number): Promise<void> {
  const ofLargest = Math.ceil(count / 50);
  for (let start = 0; start < count; start += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - start) }, (_, k) => {
      const n = start + k;
      const publisher = n < ofLargest ? 0 : 1 + ((n - ofLargest) % (publishers - 1));
      const i = publisher === 0 ? n : Math.floor((n - ofLargest) / (publishers - 1));
      return { n, publisher, ...makeRepositoryName(i, publisher) };
    });
    await pool.query(
      `INSERT INTO repositories (registry_id, name, description, about_text, usage_text, pull_count, created_at, last_pushed_at)
       SELECT r.id, row.name, row.description, '# ' || row.name || E'\\n\\n' || row.description || $5, '',
              floor(10000000 / power(1 + (row.n::bigint * 7919) % $7, 1.1))::bigint,
              $6::timestamptz - interval '300 days', $6::timestamptz - ((row.n::bigint * 104729) % $7) * interval '2 minutes'
         FROM unnest($1::int[], $2::int[], $3::text[], $4::text[]) AS row(n, publisher, name, description)
         JOIN registries r ON r.registry_id = (100000000001 + row.publisher)::text
        ORDER BY row.n`,
      [
        rows.map(({ n }) => n),
        rows.map(({ publisher }) => publisher),
        rows.map(({ name }) => name),
        rows.map(({ description }) => description),
        ABOUT_TEXT,
        NEWEST,
        count,
      ],
    );
  }
}

/**
 * Creates an image with two platforms per repository, made unique by an annotation, and as many as needed for the
 * largest one.
 */
async function insertImages(
  { pool, intake }: { pool: pg.Pool; intake: Intake },
  count: number,
  tags: number,
): Promise<void> {
  const images = await Promise.all(ARCHITECTURES.map((architecture) => buildPlatformImage(architecture)));
  for (const blob of images.flatMap((image) => image.blobs)) await storeBlob({ pool, intake }, blob);
  const templates = images.map((image) => image.bytes.toString().replace('NUMBER', '@@'));
  for (let start = 1; start <= count; start += BATCH) {
    for (const sql of INSERT_IMAGES) {
      await pool.query(sql, [start, Math.min(start + BATCH - 1, count), Math.ceil(tags / 5), ...templates]);
    }
  }
}

function buildPlatformImage(architecture: string): Promise<BuiltManifest> {
  return buildImage({
    platform: { os: 'linux', architecture },
    layers: [
      [{ path: 'etc/os-release', content: 'ID=bench\n' }],
      Array.from({ length: 50 }, (_, i) => ({
        path: `usr/share/${architecture}/file-${i}`,
        content: `content ${i}\n`,
      })),
    ],
    created: '2026-10-01T00:00:00Z',
    config: { Entrypoint: ['/bin/server'], Env: ['PATH=/bin'] },
    annotations: { 'org.opencontainers.image.revision': 'NUMBER' },
  });
}

async function storeBlob({ pool, intake }: { pool: pg.Pool; intake: Intake }, { digest, bytes }: Blob): Promise<void> {
  const parsed = parseDigest(digest);
  if (!parsed) throw new Error(`${digest} isn't a digest`);
  const id = randomUUID();
  await intake.begin(id);
  const last = { source: Readable.from([bytes]), options: { offsetBytes: null, expectedBytes: bytes.length } };
  await intake.finish({ id, fence: 0n }, { digest: parsed, scope: 'site', last });
  await pool.query('INSERT INTO blobs (sha256, size_bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    digest,
    bytes.length,
  ]);
}
