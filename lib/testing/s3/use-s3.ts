// The S3 store on a real server and database, for tests of the store itself.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import { openS3, type S3 } from '#lib/blobs/s3/open-s3.ts';
import { findObject } from '#lib/blobs/s3/object-rows.sql.ts';
import { readS3Config, S3_VARIABLES, type S3Config } from '#lib/blobs/s3/s3-config.ts';
import { readVariables } from '#lib/platform/config/variables.ts';
import { openDatabase, type Database } from '#lib/platform/pg/db.ts';
import { cloneDatabase } from '#lib/testing/create-test-app.ts';
import { startS3, type S3Server } from './start-s3.ts';

export type OpenedS3 = S3 & {
  config: S3Config;
  /** Changes the bytes of a blob's object behind the store's back. */
  overwrite: (key: BlobKey, bytes: Buffer) => Promise<void>;
  close: () => Promise<void>;
};

export type TestS3 = {
  server: S3Server;
  client: S3Client;
  database: Database;
  /** Opens a store on an empty folder of the bucket, after removing all rows. */
  open: (env?: Record<string, string>) => Promise<OpenedS3>;
  /** Opens the same store as another process does. */
  openAgain: (config: S3Config) => Promise<OpenedS3>;
  close: () => Promise<void>;
};

export async function useS3(): Promise<TestS3> {
  const server = await startS3();
  const database = openDatabase(await cloneDatabase(inject('templateUrl')), { onError: () => undefined });
  const { pool } = database;
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = server.settings;
  const credentials = { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY };
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });

  async function openAgain(config: S3Config): Promise<OpenedS3> {
    const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-s3-data-'));
    const s3 = await openS3(config, { pool, dataDir, reserveBytes: 0 });
    return {
      ...s3,
      config,
      overwrite: async (key, bytes) => {
        const object = await findObject(pool, key);
        const Key = `${config.prefix}${object?.objectKey}`;
        await client.send(new PutObjectCommand({ Bucket: config.bucket, Key, Body: bytes }));
      },
      close: async () => {
        s3.volume.close();
        await rm(dataDir, { recursive: true });
      },
    };
  }

  return {
    server,
    client,
    database,
    open: async (env = {}) => {
      await pool.query('TRUNCATE blob_objects, staged_objects CASCADE');
      const values = readVariables(S3_VARIABLES, { ...server.settings, S3_PREFIX: randomUUID(), ...env });
      const config = readS3Config(values);
      if (!config) throw new Error('no bucket is set');
      return openAgain(config);
    },
    openAgain,
    close: async () => {
      client.destroy();
      await database.close();
      await server.stop();
    },
  };
}
