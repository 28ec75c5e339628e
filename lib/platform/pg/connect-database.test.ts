import type pg from 'pg';
import { expect, test } from 'vitest';
import { inspectDatabase } from './connect-database.ts';
import { checkPrerequisites } from './migrations/migration-prerequisites.ts';

/** A stub for servers that aren't available here. */
const answering = (row: object) => ({ query: () => Promise.resolve({ rows: [row] }) }) as unknown as pg.Client;

test('rejects an outdated PostgreSQL', async () => {
  const facts = { version: 14, encoding: 'UTF8', pid: 1 };
  await expect(inspectDatabase(answering(facts))).rejects.toThrow(
    'Vitrine requires PostgreSQL 15 or newer. This is version 14.',
  );
  await inspectDatabase(answering({ ...facts, version: 15 }));
});

const READY = {
  user: 'site',
  database: 'gallery',
  schema: 'public',
  hasExtension: false,
  isExtensionAvailable: true,
  canCreateSchemas: true,
  canCreateTables: true,
};

test.each([
  [{ isExtensionAvailable: false }, /lacks the extension pg_trgm\. Install PostgreSQL's contrib package/],
  [{ schema: null }, /Create the schema public or set the user's search_path/],
  [
    { canCreateSchemas: false },
    /The user site isn't allowed to migrate .* GRANT CREATE ON DATABASE "gallery" TO "site"/,
  ],
  [{ canCreateTables: false }, /The user site isn't allowed to migrate .* GRANT CREATE ON SCHEMA "public" TO "site"/],
])('reports missing prerequisites before migrating: %j', async (facts, sentence) => {
  await expect(checkPrerequisites(answering({ ...READY, ...facts }))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(sentence) as string,
  });
});

test('accepts a server with all prerequisites, or with the extension already installed', async () => {
  await checkPrerequisites(answering(READY));
  await checkPrerequisites(answering({ ...READY, hasExtension: true, isExtensionAvailable: false }));
});
