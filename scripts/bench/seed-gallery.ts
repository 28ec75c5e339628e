// Seeds a large gallery with bulk SQL, deterministically. Rows are consistent (digests, sizes, edges, links) and blobs
// are stored, so every page and pull works.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { buildImage, type Blob, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { makeAliases, makeRepositoryName } from './gallery-names.ts';
import {
  analyze,
  insertBlob,
  insertImageRows,
  insertPublishers,
  insertPullCounts,
  insertRepositoryRows,
  insertTags,
} from './seed-gallery.sql.ts';

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
  await insertPublishers(pool, aliases, NEWEST);
  onStep('repositories');
  await insertRepositories(pool, repositories, aliases.length);
  onStep('images');
  await insertImages({ pool, intake }, repositories, tags);
  onStep('tags');
  await insertTags(pool);
  onStep('pulls');
  await insertPullCounts(pool);
  onStep('statistics');
  await analyze(pool);
  const name = makeRepositoryName(0, 0).name;
  const alias = aliases[0]?.name ?? '';
  return { largestPublisher: alias, largestRepository: `${alias}/${name}` };
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
    await insertRepositoryRows(pool, rows, { newest: NEWEST, count });
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
    const end = Math.min(start + BATCH - 1, count);
    await insertImageRows(pool, { start, end, tagShare: Math.ceil(tags / 5), templates });
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
  await insertBlob(pool, { digest, sizeBytes: bytes.length });
}
