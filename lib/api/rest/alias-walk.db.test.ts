// Requests, reviews and activates an alias through the API alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { handleRestRequest } from './handle-rest-request.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

function client(token: string) {
  return async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}` };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await handleRestRequest(site.app, new Request(`http://localhost/api/v1${path}`, init));
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : null) as Record<string, never> };
  };
}

test('an alias goes from check to active with the required reviewers', async () => {
  const publisher = client((await site.createUser({ scopes: ['api:write'] })).token);
  const [first, second] = await Promise.all(
    [1, 2].map(async () => client((await site.createUser({ role: 'reviewer', scopes: ['api:write'] })).token)),
  );
  if (!first || !second) throw new Error('no reviewers');
  const { body: me } = await publisher('GET', '/me');
  const registry = `/registries/${(me as unknown as { registries: { registryId: string }[] }).registries[0]?.registryId}`;

  const check = await publisher('GET', `${registry}/alias-check?name=redis-official`);
  expect(check.body).toMatchObject({
    verdict: 'flag',
    checks: expect.arrayContaining([expect.objectContaining({ code: 'look_alike', verdict: 'flag' })]) as unknown,
  });
  expect(
    (await publisher('POST', `${registry}/alias-requests`, { name: 'search', purpose: 'x', links: [] })).body,
  ).toMatchObject({
    status: 409,
    type: 'urn:vitrine:error:name_reserved',
    checks: expect.arrayContaining([expect.objectContaining({ code: 'reserved', verdict: 'block' })]) as unknown,
  });

  const asked = await publisher('POST', `${registry}/alias-requests`, {
    name: 'redis-official',
    purpose: 'Ours.',
    links: ['https://example.org/'],
  });
  expect(asked).toMatchObject({ status: 201, body: { status: 'submitted' } });
  const id = String(asked.body.id);
  for (const [reviewer, expected] of [
    [first, 'submitted'],
    [second, 'active'],
  ] as const) {
    const claimed = await reviewer('POST', `/review/alias-requests/${id}/claim`, {});
    const approved = await reviewer('POST', `/review/alias-requests/${id}/approve`, {
      version: claimed.body.version,
      note: 'Checked.',
    });
    expect(approved.body).toMatchObject({ status: expected });
  }
  const { body: after } = await publisher('GET', '/me');
  expect(after.registries).toMatchObject([
    {
      aliases: [
        { default: true, primary: false },
        { name: 'redis-official', primary: true },
      ],
    },
  ]);
  expect((await publisher('GET', `/alias-requests/${id}`)).body).toMatchObject({ status: 'active' });
  expect((await publisher('GET', '/review/alias-requests')).status).toBe(403);
});
