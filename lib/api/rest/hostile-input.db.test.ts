// Sends hostile values to every route. Each must respond without a 5xx. Each field gets a third of the values, and all of them in
// npm run test:soak.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import type { RestRoute } from './define-route.ts';
import { handleRestRequest } from './handle-rest-request.ts';
import { setMaintenance } from '#lib/site/set-maintenance.ts';
import { ROUTES } from './routes.ts';

const LONE_SURROGATE = '\\ud800';
const TEXTS = [
  '\\u0000',
  LONE_SURROGATE,
  'a\\u0000b',
  '\\u202e\\u200b',
  '1e400',
  '',
  'x'.repeat(5_000),
  "' OR 1=1 --",
  '../..',
];
const IN_URLS = [
  '%00',
  '%ED%A0%80',
  '%E0%A4%A',
  '%',
  '%2e%2e',
  '..',
  '%20',
  'x'.repeat(3_000),
  '%F0%9F%98%80',
  '-1',
  '1e400',
];
const EVERY = process.env.VITRINE_SOAK_SECONDS === undefined ? 3 : 1;
const BODIES = [
  ...['', 'null', '[]', '"x"', '{', '[[[[[[', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, '\0', '{"__proto__":null}'],
  ...['{"constructor":{"prototype":{}}}', '{"a":1e999}', `{"${LONE_SURROGATE}":"${LONE_SURROGATE}"}`],
];

let site: TestApp;
let admin: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin', scopes: ['push', 'delete', 'api:write'] });
});
afterAll(() => site.close());
// Its own route may have started it.
afterEach(() => setMaintenance(site.app, { caller: admin.caller, maintenance: { isReadOnly: false, note: '' } }));

async function send(path: string, init: Omit<RequestInit, 'body'> & { body?: string } = {}): Promise<void> {
  const headers = { authorization: `Bearer ${admin.token}`, ...init.headers };
  const response = await handleRestRequest(
    site.app,
    new Request(`http://localhost/api/v1${path}`, { ...init, headers }),
  );
  const what = `${init.method} ${path.slice(0, 200)} ${(init.body ?? '').slice(0, 200)}`;
  expect(response.status, `${what}: ${await response.text()}`).toBeLessThan(500);
}

/** Replaces one field after another and keeps the others valid where possible. */
function listBodies(route: RestRoute): string[] {
  if (!route.body) return BODIES;
  const { properties = {} } = z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, { type?: string; enum?: unknown[]; anyOf?: { type?: string }[] }>;
  };
  const plain = Object.entries(properties).map(([name, { type, anyOf, enum: values }]) => {
    const kind = type ?? anyOf?.[0]?.type;
    const value =
      values?.[0] ?? { string: 'some text of it', number: 1, integer: 1, boolean: true, array: [] }[kind ?? ''];
    return [name, JSON.stringify(value ?? null)] as const;
  });
  const write = (fields: (readonly [string, string])[]) =>
    `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
  const replaced = plain.flatMap(([changed], field) =>
    [...TEXTS.map((text) => `"${text}"`), '["\\u0000"]', `[{"a":"${LONE_SURROGATE}"}]`, '{}', '-1', '1e308', 'null']
      .filter((_, i) => (i + field) % EVERY === 0)
      .map((value) => write(plain.map(([name, usual]) => [name, name === changed ? value : usual]))),
  );
  return [...BODIES, ...replaced];
}

test.each(ROUTES.map((route) => [route.method, route.path, route] as const))(
  '%s %s',
  { timeout: 120_000 },
  async (method, path, route) => {
    const own = { repository: encodeURIComponent(`${admin.alias}/none`), alias: admin.alias };
    const fill = (name: string, value: string) =>
      path.replace(/\{(\w+)\}/g, (_, found: string) =>
        found === name ? value : ((own as Record<string, string>)[found] ?? '00000000-0000-4000-8000-000000000000'),
      );
    const usual = { method, ...(method !== 'GET' && { body: '{}' }) };
    for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
      for (const value of IN_URLS) await send(fill(name, value), usual);
    }
    const queries = ['q', 'cursor', 'page', 'limit', 'sort', 'action', 'os', 'digest', 'from'];
    const known = route.query
      ? Object.keys(z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' }).properties ?? {})
      : [];
    for (const name of new Set([...known, ...queries.slice(0, 2)])) {
      for (const value of IN_URLS) await send(`${fill('', '')}?${name}=${value}`, usual);
    }
    for (const authorization of [
      'Bearer \u00ff',
      'Basic !!',
      `Basic ${btoa('a:\0')}`,
      'Bearer vtr_\u00a0',
      'x'.repeat(9_000),
    ]) {
      await send(fill('', ''), { ...usual, headers: { authorization } });
    }
    if (method === 'GET') return;
    for (const body of listBodies(route)) await send(fill('', ''), { method, body });
  },
);

test('anonymous bodies are limited to a small size', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(32 * 1024) });
  const response = await handleRestRequest(
    site.app,
    new Request('http://localhost/api/v1/reports', { method: 'POST', body }),
  );
  expect(response.status).toBe(413);
});

test('a body with too many values is rejected before it is parsed', async () => {
  const body = `{"target":[${Array.from({ length: 5_001 }, () => '{}').join()}]}`;
  const response = await handleRestRequest(
    site.app,
    new Request('http://localhost/api/v1/reports', { method: 'POST', body }),
  );
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('limited to 5000 values')]);
});
