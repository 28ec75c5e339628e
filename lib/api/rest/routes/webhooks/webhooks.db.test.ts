// Webhooks and the feed of events by REST.
import { beforeEach, expect, test, vi } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

const fixture = useRobotSite();
let base = '';
let token = '';
const createToken = async ({ caller }: Pick<TestUser, 'caller'>) => {
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  return (await createAccessToken(fixture.vitrine.app, { caller, name: 'test', scopes, expiresInDays: 1 })).secret;
};
beforeEach(async () => {
  const { db } = fixture.vitrine.app;
  const { registryId } = await db.registry.findUniqueOrThrow({ where: { id: fixture.registryKey } });
  base = `/registries/${registryId}`;
  token = await createToken(fixture.owner);
});

async function call(method: string, path: string, { as = token, body }: { as?: string; body?: unknown } = {}) {
  const response = await handleRestRequest(
    fixture.vitrine.app,
    new Request(`http://localhost/api/v1${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${as}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

const HOOK = { name: 'deploy', url: 'https://ci.example.org/hook', eventTypes: ['image.pushed'] };

test('an owner creates, changes, tests and removes a webhook', async () => {
  const created = await call('POST', '/webhooks', { body: HOOK });
  expect(created).toMatchObject({ status: 201, body: { name: 'deploy' } });
  expect(created.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect((await call('POST', '/webhooks', { body: HOOK })).status).toBe(409);
  const change = { format: 'harbor', repositoryPattern: 'team/*', authorization: 'Bearer x' };
  expect((await call('PATCH', '/webhooks/deploy', { body: change })).status).toBe(204);
  const { body } = await call('GET', '/webhooks');
  expect(body.webhooks).toMatchObject([
    { ...HOOK, format: 'harbor', repositoryPattern: 'team/*', hasAuthorization: true },
  ]);
  expect(JSON.stringify(body)).not.toMatch(/Bearer x|whsec_|sealed/);
  expect((await call('POST', '/webhooks/deploy/secret')).body.secret).not.toBe(created.body.secret);
  const { delivery } = (await call('POST', '/webhooks/deploy/test')).body;
  const { deliveries } = (await call('GET', '/webhooks/deploy/deliveries')).body;
  expect(deliveries).toMatchObject([{ id: delivery, type: 'webhook.test', status: 'pending', attempts: 0 }]);
  const again = `/webhooks/deploy/deliveries/${String(delivery)}/redeliver`;
  expect((await call('POST', again)).status).toBe(409);
  expect((await call('POST', '/webhooks/deploy/deliveries/999999/redeliver')).status).toBe(404);
  expect((await call('PATCH', '/webhooks/deploy', { body: { isEnabled: false } })).status).toBe(204);
  expect((await call('POST', '/webhooks/deploy/test')).status).toBe(409);
  expect((await call('DELETE', '/webhooks/deploy')).status).toBe(204);
  expect((await call('DELETE', '/webhooks/deploy')).status).toBe(404);
});

test.each([
  ['a URL of another kind', { url: 'ftp://example.org' }],
  ['a URL with a password', { url: 'https://user:password@example.org' }],
  ['a URL that smuggles a header', { url: 'https://example.org/\r\nx: 1' }],
  ['no events', { eventTypes: [] }],
  ['an unknown event', { eventTypes: ['image.eaten'] }],
  ['an event that the format lacks', { format: 'quay', eventTypes: ['alias.granted'] }],
  ['an unknown format', { format: 'fax' }],
  ['a pattern with a quote', { repositoryPattern: "a'b" }],
  ['a line break in the header', { authorization: 'a\r\nb' }],
  ['a name with a slash', { name: 'a/b' }],
  ['an email to nobody here', { format: 'email', url: 'mailto:stranger@example.org' }],
  ['an email with a subject', { format: 'email', url: 'mailto:a@example.org?subject=b' }],
  ['a mailto: URL for another format', { url: 'mailto:a@example.org' }],
])('%s is refused', async (_, part) => {
  expect((await call('POST', '/webhooks', { body: { ...HOOK, ...part } })).status).toBe(400);
  expect((await call('GET', '/webhooks')).body.webhooks).toEqual([]);
});

test('a registry has at most 20 webhooks', async () => {
  for (let i = 0; i < 20; i += 1) await call('POST', '/webhooks', { body: { ...HOOK, name: `hook-${i}` } });
  expect(await call('POST', '/webhooks', { body: HOOK })).toMatchObject({ status: 403 });
});

test('strangers and pushers see and change nothing', async () => {
  await call('POST', '/webhooks', { body: HOOK });
  const stranger = await createToken(await fixture.vitrine.createUser());
  const pusher = await createToken({ caller: await fixture.join('pusher') });
  for (const as of [stranger, pusher]) {
    expect([403, 404]).toContain((await call('GET', '/webhooks', { as })).status);
    expect([403, 404]).toContain((await call('GET', '/webhooks/deploy/deliveries', { as })).status);
    expect([403, 404]).toContain((await call('POST', '/webhooks', { as, body: { ...HOOK, name: 'other' } })).status);
    expect([403, 404]).toContain((await call('POST', '/webhooks/deploy/test', { as })).status);
    expect([403, 404]).toContain((await call('DELETE', '/webhooks/deploy', { as })).status);
  }
  expect([403, 404]).toContain((await call('GET', '/events', { as: stranger })).status);
  expect((await call('GET', '/webhooks')).body.webhooks).toHaveLength(1);
});

test('the feed goes on from the last event, and stops before unfinished changes', async () => {
  const { app } = fixture.vitrine;
  const { caller, alias } = fixture.owner;
  await createRepository(app, { caller, alias, name: 'one' });
  const waitFor = async (after: string, count: number) => {
    let page: Record<string, unknown> = {};
    await vi.waitFor(
      async () => {
        page = (await call('GET', `/events?after=${after}`)).body;
        expect(page.events).toHaveLength(count);
      },
      { timeout: 5_000, interval: 100 },
    );
    return page as { events: { type: string; repository: string }[]; next: string };
  };
  const first = await waitFor('0', 1);
  expect(first.events).toMatchObject([{ type: 'repository.created', repository: `${alias}/one` }]);
  await app.db.$transaction(
    async (tx) => {
      // A change that takes long: what others commit meanwhile has to wait, because this one has a lower id.
      await recordChange(tx, {
        type: 'repository.lift-quarantine',
        caller: SYSTEM_CALLER,
        registryKey: fixture.registryKey,
        resource: { repositoryId: 0n, name: `${alias}/slow` },
        before: { reason: null },
      });
      await createRepository(app, { caller, alias, name: 'two' });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await waitFor(first.next, 0)).toMatchObject({ next: first.next });
    },
    { timeout: 20_000 },
  );
  const second = await waitFor(first.next, 2);
  expect(second.events.map(({ repository }) => repository)).toEqual([`${alias}/slow`, `${alias}/two`]);
  expect((await call('GET', '/events?after=abc')).status).toBe(400);
});
