import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { mkdir } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { totalmem } from 'node:os';
import type pg from 'pg';
import { BufferPool } from '#lib/blobs/disk/buffer-pool.ts';
import { withStorageErrors } from '#lib/blobs/disk/disk-files.ts';
import { DiskSpace } from '#lib/blobs/disk/disk-space.ts';
import { DiskStaging } from '#lib/blobs/disk/disk-staging.ts';
import { uploadsDir } from '#lib/blobs/disk/paths.ts';
import { Bucket } from './bucket.ts';
import { ByteBudget } from './byte-budget.ts';
import { presignUrls, signCdnUrls, type UrlSigner } from './delivery.ts';
import type { S3Config } from './s3-config.ts';
import { S3Staging } from './s3-staging.ts';
import { S3Store, toObjectKey } from './s3-store.ts';
import { S3Volume } from './s3-volume.ts';
import { BudgetedSpool } from './budgeted-spool.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Without a byte from the server. */
const SOCKET_TIMEOUT_MS = 30_000;
const MAX_SOCKETS = 256;
/** With jitter in between. */
const MAX_ATTEMPTS = 4;
const MAX_PART_MEMORY = 1024 ** 3;
const PART_MEMORY_SHARE = 4;

export type S3 = { store: S3Store; staging: S3Staging; volume: S3Volume };

/**
 * `dataDir` holds blobs that are read while they arrive from an upstream. `reserveBytes` is DISK_RESERVE. `processes` share
 * the memory for parts.
 * @throws AppError `unavailable` with a message for the operator
 */
export async function openS3(
  config: S3Config,
  parts: { pool: pg.Pool; dataDir: string; reserveBytes: number | null; processes?: number },
): Promise<S3> {
  const { pool, dataDir, reserveBytes, processes = 1 } = parts;
  await withStorageErrors(() => mkdir(uploadsDir(dataDir), { recursive: true, mode: 0o700 }));
  const disk = new DiskSpace(uploadsDir(dataDir), reserveBytes);
  const bucket = new Bucket(createClient(config, config.endpoint), config);
  await bucket.requireBucket();
  const spool = new BudgetedSpool(new DiskStaging(dataDir, new BufferPool()), disk);
  const volume = new S3Volume(bucket, disk);
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const budget = new ByteBudget(Math.min(MAX_PART_MEMORY, memoryBytes / PART_MEMORY_SHARE) / processes);
  const staging = new S3Staging({ bucket, pool, budget, spool });
  const store = new S3Store({ bucket, pool, staging, volume, urls: chooseDelivery(config, bucket) });
  return { store, staging, volume };
}

/** Opens only the bucket, to look at it. */
export function openS3Volume(
  config: S3Config,
  { dataDir, reserveBytes }: { dataDir: string; reserveBytes: number | null },
): S3Volume {
  const disk = new DiskSpace(uploadsDir(dataDir), reserveBytes);
  return new S3Volume(new Bucket(createClient(config, config.endpoint), config), disk);
}

/** Looks for stored objects without a database, by the versions that the store gave them. */
export function openS3Objects(config: S3Config): {
  has: (version: string, sizeBytes: number) => Promise<boolean>;
  close: () => void;
} {
  const bucket = new Bucket(createClient(config, config.endpoint), config);
  return {
    has: async (version, sizeBytes) => (await bucket.head(toObjectKey(version)))?.sizeBytes === sizeBytes,
    close: () => bucket.close(),
  };
}

function chooseDelivery({ delivery, urlSeconds, ...config }: S3Config, bucket: Bucket): UrlSigner | null {
  if (delivery.kind === 'proxy') return null;
  if (delivery.kind === 'cdn') return signCdnUrls(delivery.cdn, bucket, urlSeconds);
  return presignUrls(createClient(config, delivery.endpoint), bucket, urlSeconds);
}

function createClient(
  { region, credentials, isPathStyle }: Pick<S3Config, 'region' | 'credentials' | 'isPathStyle'>,
  endpoint: string | null,
): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new S3Client({
    region,
    forcePathStyle: isPathStyle,
    ...(endpoint !== null && { endpoint }),
    ...(credentials && { credentials }),
    maxAttempts: MAX_ATTEMPTS,
    // Many S3-compatible servers don't know the newer checksums. The signature covers the bytes of each request.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    }),
  });
}
