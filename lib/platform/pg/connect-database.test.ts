import type pg from 'pg';
import { expect, test } from 'vitest';
import { inspectDatabase } from './connect-database.ts';
import { checkPrerequisites } from './migration-prerequisites.ts';

/** The answer of a server that can't be had here. */
const answering = (row: object) => ({ query: () => Promise.resolve({ rows: [row] }) }) as unknown as pg.Client;

test('a PostgreSQL that is too old is refused', async () => {
  const facts = { version: 14, encoding: 'UTF8', pid: 1 };
  await expect(inspectDatabase(answering(facts))).rejects.toThrow('Vitrine needs PostgreSQL 15 or newer; this is 14.');
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
  [{ isExtensionAvailable: false }, /does not have the extension pg_trgm\. Install PostgreSQL's contrib package/],
  [{ schema: null }, /Create the schema public, or set the user's search_path/],
  [{ canCreateSchemas: false }, /The user site may not migrate .* GRANT CREATE ON DATABASE "gallery" TO "site"/],
  [{ canCreateTables: false }, /The user site may not migrate .* GRANT CREATE ON SCHEMA "public" TO "site"/],
])('what a migration lacks is said beforehand: %j', async (facts, sentence) => {
  await expect(checkPrerequisites(answering({ ...READY, ...facts }))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(sentence) as string,
  });
});

test('a server that has everything, or has had it before, is fine', async () => {
  await checkPrerequisites(answering(READY));
  await checkPrerequisites(answering({ ...READY, hasExtension: true, isExtensionAvailable: false }));
});
