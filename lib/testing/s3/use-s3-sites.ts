// Replicas of a site whose blobs are on a real S3 server.
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { startS3, type S3Server } from './start-s3.ts';

/** Replicas on separate folders need the same. */
const SECRETS = { MASTER_KEY: randomBytes(32).toString('base64'), AUTH_SECRET: randomUUID() };

export type S3Sites = {
  server: S3Server;
  settings: Record<string, string>;
  /** Names of the objects that hold blobs. */
  listObjects: () => Promise<string[]>;
  removeObject: (key: string) => Promise<void>;
  one: TestApp;
  two: TestApp;
  /** Starts another replica. `close` doesn't stop it. */
  start: (env?: Record<string, string>) => Promise<TestApp>;
  close: () => Promise<void>;
};

/** `prepare` returns settings of the first replica only. */
export async function useS3Sites(
  env: Record<string, string> = {},
  prepare: (server: S3Server) => Promise<Record<string, string>> = () => Promise.resolve({}),
): Promise<S3Sites> {
  const server = await startS3();
  const settings = { ...server.settings, S3_PREFIX: randomUUID(), DISK_RESERVE: '0', ...SECRETS, ...env };
  const one = await createTestApp({ ...settings, ...(await prepare(server)) });
  const start = (more = {}) => createTestApp({ ...settings, DATABASE_URL: one.app.config.databaseUrl ?? '', ...more });
  const two = await start();
  return {
    server,
    settings,
    listObjects: async () => {
      const folder = join(server.folder, settings.S3_PREFIX, 'blobs');
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    removeObject: (key) => rm(join(server.folder, settings.S3_PREFIX, key)),
    one,
    two,
    start,
    close: async () => {
      await two.close();
      await one.close();
      await server.stop();
    },
  };
}
