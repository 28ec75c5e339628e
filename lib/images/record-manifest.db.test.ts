// Pins the database cost of pushing a manifest: its statements and round trips, which every push pays for.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM_CALLER, type Caller } from '#lib/access/schema.ts';
import { toDigest } from '#lib/oci/digest.ts';
import { readManifest } from '#lib/oci/read-manifest.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { toManifestRows } from './manifest-rows.ts';
import { NO_IMAGE_FACTS } from './read-image-config.ts';
import { recordManifest } from './record-manifest.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'0'.repeat(64)}`, size: 2 };

let site: TestApp;
let caller: Caller;
let repository: FoundRepository;
beforeAll(async () => {
  site = await createTestApp();
  const owner = await site.createUser();
  caller = owner.caller;
  repository = await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name: 'counted' });
});
afterAll(() => site.close());

type Costs = { statements: string[]; waits: number };

/** Wraps a pool and counts round trips: statements sent while no other one is pending. */
function count(pool: pg.Pool, costs: Costs): pg.Pool {
  const connect = async () => {
    const client = await pool.connect();
    let underWay = 0;
    const query = (statement: string | { name: string; text: string; values?: unknown[] }) => {
      costs.statements.push(typeof statement === 'string' ? (statement.split(';')[0] ?? '') : statement.name);
      if (underWay === 0) costs.waits += 1;
      underWay += 1;
      return client.query(statement as string).finally(() => (underWay -= 1));
    };
    return new Proxy(client, {
      get: (target, key) => {
        if (key === 'query') return query;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  };
  return { connect } as unknown as pg.Pool;
}

async function push(by: Caller, manifest: { mediaType: string; [key: string]: unknown }): Promise<Costs> {
  const payload = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }));
  const parsed = readManifest(payload, manifest.mediaType);
  if (!parsed) throw new Error('the test manifest is invalid');
  const costs = { statements: [], waits: 0 };
  await recordManifest(
    { pool: count(site.app.pool, costs), recordMutex: site.app.recordMutex },
    {
      caller: by,
      repository,
      digest: toDigest('sha256', createHash('sha256').update(payload).digest('hex')),
      rows: toManifestRows(parsed),
      payload,
      facts: NO_IMAGE_FACTS,
      tags: ['v1'],
    },
  );
  return costs;
}

const BEFORE = ['BEGIN', 'mark-pushed'];
const AFTER = ['save-manifest', 'set-tags', 'record-audit', 'enqueue-job'];

test('a push takes eight statements in three round trips', async () => {
  expect(await push(caller, { mediaType: INDEX, manifests: [] })).toEqual({
    statements: [...BEFORE, 'sum-linked-blobs', ...AFTER, 'commit'],
    waits: 3,
  });
});

test('webhooks cost one more, and only in their registry', async () => {
  const { db } = site.app;
  const hook = {
    name: 'hook',
    url: 'https://example.org',
    format: 'eventbridge',
    eventTypes: [],
    sealedSecret: Buffer.alloc(1),
  };
  const pushed = async () => (await push(caller, { mediaType: INDEX, manifests: [] })).statements;
  const { alias } = await site.createUser();
  const { registryKey } = await db.alias.findUniqueOrThrow({ where: { name: alias } });
  await db.webhook.create({ data: { ...hook, registryKey } });
  expect(await pushed()).not.toContain('queue-outbound-events');
  await db.webhook.create({ data: { ...hook, registryKey: repository.registryKey } });
  expect(await pushed()).toContain('queue-outbound-events');
  await db.webhook.deleteMany();
});

test("a mirror's image is described by a later job without another round trip", async () => {
  expect(await push(SYSTEM_CALLER, { mediaType: IMAGE, config: CONFIG, layers: [] })).toEqual({
    statements: [...BEFORE, ...AFTER, 'enqueue-job', 'commit'],
    waits: 3,
  });
});
