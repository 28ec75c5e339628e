// Webhooks of a real site, to real receivers that also hang, lie, redirect and go away.
import { randomUUID } from 'node:crypto';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { queueEventsNow } from '#lib/events/outbound/queue-events.sql.ts';
import { listEvents } from '#lib/outbound/list-events.ts';
import { createWebhook } from '#lib/outbound/webhooks/create-webhook.ts';
import { redeliverEvent } from '#lib/outbound/webhooks/redeliver-event.ts';
import { rotateWebhookSecret } from '#lib/outbound/webhooks/rotate-webhook-secret.ts';
import { testWebhook } from '#lib/outbound/webhooks/test-webhook.ts';
import { updateWebhook } from '#lib/outbound/webhooks/update-webhook.ts';
import { listDeliveries, listWebhooks } from '#lib/outbound/webhooks/webhook-queries.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#lib/testing/webhook-receiver.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { startDeliveries } from './start-deliveries.ts';
import { tendDeliveries } from './tend-deliveries.ts';

const TIMEOUT_MS = 400;
const WAIT = { timeout: 15_000, interval: 20 };

const fixture = useRobotSite({ UPSTREAM_NETWORKS: '127.0.0.0/8' });
let receiver: WebhookReceiver;
let stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
  await receiver.close();
});

const named = (name = 'hook') => ({ caller: fixture.owner.caller, registryKey: fixture.registryKey, name });
const start = () => stops.push(startDeliveries(fixture.vitrine.app, { timeoutMs: TIMEOUT_MS }));

async function create(settings: Partial<Parameters<typeof createWebhook>[1]> = {}): Promise<string> {
  const { app } = fixture.vitrine;
  const eventTypes = ['image.pushed', 'tag.moved', 'image.pulled'] as const;
  const input = { ...named(), url: `${receiver.url}/hook`, eventTypes: [...eventTypes], ...settings };
  return (await createWebhook(app, input)).secret;
}

async function push(repository: string, tags: string[], layer = 'layer'): Promise<string> {
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    layers: [[{ path: 'file', content: `${repository} ${layer}` }]],
    created: '2026-01-01T00:00:00Z',
  });
  const { alias, token } = fixture.owner;
  await createDistributionClient(fixture.vitrine.url, token).push(`${alias}/${repository}`, image, tags);
  return image.digest;
}

/** Queues events as a change does. */
async function queue(repositories: string[], count: number): Promise<void> {
  const { alias } = fixture.owner;
  const events = Array.from({ length: count }, (_, i) => ({
    eventId: randomUUID(),
    type: 'image.pushed' as const,
    registryKey: fixture.registryKey,
    repository: `${alias}/${repositories[i % repositories.length]}`,
    tag: String(i),
    digest: `sha256:${'0'.repeat(64)}`,
    actorId: null,
    actorLabel: 'system',
    detail: {},
  }));
  await queueEventsNow(fixture.vitrine.app.pool, events);
}

const deliveries = (name = 'hook') => listDeliveries(fixture.vitrine.app, { ...named(name), before: null, limit: 100 });
const webhook = async (name = 'hook') => {
  const { owner, registryKey, vitrine } = fixture;
  const all = await listWebhooks(vitrine.app, { caller: owner.caller, registryKey });
  return all.find((one) => one.name === name);
};
const notices = () =>
  fixture.vitrine.app.db.notification.findMany({ where: { userId: fixture.owner.caller.principal.userId } });

test('a push arrives signed, in the shape of EventBridge', async () => {
  const secret = await create({ repositoryPattern: 'team/*', tagPattern: 'v*' });
  start();
  const digest = await push('team/app', ['v1', 'edge']);
  await push('other/app', ['v1']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), WAIT);
  const [request] = receiver.received;
  if (!request) throw new Error('nothing was received');
  const { headers, body } = request;
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
    id: headers['webhook-id'],
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    detail: {
      result: 'SUCCESS',
      'action-type': 'PUSH',
      'image-digest': digest,
      'image-tag': 'v1',
      'repository-name': 'team/app',
    },
  });
  expect(() => new Webhook('whsec_AAAA').verify(body, headers as Record<string, string>)).toThrow();
});

test('the feed lists the same events, and neither tells who the staff are', async () => {
  await create({ eventTypes: ['image.pushed', 'tag.created', 'image.deleted', 'repository.quarantined'] });
  start();
  const digest = await push('team/app', ['v1', 'v2']);
  const { app } = fixture.vitrine;
  const { alias, token } = fixture.owner;
  const fullName = `${alias}/team/app`;
  const client = createDistributionClient(fixture.vitrine.url, token);
  await client.request('DELETE', `/v2/${fullName}/manifests/${digest}`);
  const staff = await fixture.vitrine.createUser({ role: 'admin' });
  await quarantineRepository(app, { caller: staff.caller, fullName, reason: 'A miner was found.' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(7), WAIT);
  const { feed } = await vi.waitFor(async () => {
    const page = await listEvents(app, { ...named(), after: 0n, limit: 100 });
    const feed = page.events.filter(({ type }) => type !== 'repository.created');
    expect(feed).toHaveLength(7);
    return { feed };
  }, WAIT);
  const delivered = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(feed.map(({ eventId }) => eventId)).toEqual(delivered);
  expect(new Set(delivered).size).toBe(7);
  expect(feed.map(({ type, tag }) => [type, tag])).toEqual([
    ['image.pushed', 'v1'],
    ['tag.created', 'v1'],
    ['image.pushed', 'v2'],
    ['tag.created', 'v2'],
    ['image.deleted', 'v1'],
    ['image.deleted', 'v2'],
    ['repository.quarantined', null],
  ]);
  expect(feed[0]?.actor).toBe(fixture.owner.caller.principal.email);
  expect(feed.at(-1)?.actor).toBe('staff of this site');
  const stored = await app.db.outboundEvent.findMany({
    where: { registryKey: fixture.registryKey },
    orderBy: { id: 'asc' },
  });
  expect(stored.map(({ actor, detail }) => [actor, detail])).toEqual(feed.map(({ actor, detail }) => [actor, detail]));
});

test('secrets are sealed', async () => {
  const secret = await create({ authorization: 'Bearer s3cret-value' });
  const stored = await fixture.vitrine.app.db.webhook.findFirstOrThrow({ where: { registryKey: fixture.registryKey } });
  const bytes = Buffer.concat([stored.sealedSecret, stored.sealedAuthorization ?? Buffer.alloc(0)]).toString('latin1');
  expect(bytes).not.toContain(secret.slice(6, 20));
  expect(bytes).not.toContain('s3cret-value');
  start();
  await push('app', ['v1']);
  await vi.waitFor(() => expect(receiver.received[0]?.headers.authorization).toBe('Bearer s3cret-value'), WAIT);
});

test('a rotated secret and the former one both sign for a day', async () => {
  const former = await create();
  const { secret } = await rotateWebhookSecret(fixture.vitrine.app, named());
  start();
  await push('app', ['v1']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), WAIT);
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
  for (const one of [former, secret]) new Webhook(one).verify(body, headers as Record<string, string>);
  const registryKey = fixture.registryKey;
  const yesterday = { formerSecretUntil: new Date(Date.now() - 1_000) };
  await fixture.vitrine.app.db.webhook.updateMany({ where: { registryKey }, data: yesterday });
  await push('app', ['v2']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), WAIT);
  const later = receiver.received[1];
  new Webhook(secret).verify(later?.body ?? '', later?.headers as Record<string, string>);
  expect(() => new Webhook(former).verify(later?.body ?? '', later?.headers as Record<string, string>)).toThrow();
});

describe('a receiver that', () => {
  const failing = async (): Promise<string | null> => {
    start();
    await push('app', ['v1']);
    await vi.waitFor(async () => expect((await deliveries())[0]?.attempts).toBeGreaterThan(0), WAIT);
    const [{ status, problem } = { status: '', problem: null }] = await deliveries();
    expect(status).toBe('pending');
    return problem;
  };

  test('hangs delays nobody else', async () => {
    receiver.answerWith(() => undefined);
    const other = await startWebhookReceiver();
    stops.push(other.close);
    await create();
    await create({ name: 'other', url: other.url });
    expect(await failing()).toBe("The receiver didn't answer within 0.4 seconds.");
    await vi.waitFor(() => expect(other.received).toHaveLength(1), WAIT);
  });

  test('lies about the length of its answer has taken the event', async () => {
    receiver.answerWith((_, res) => res.writeHead(200, { 'content-length': 1_000_000 }).write('ok'));
    await create();
    start();
    await push('app', ['v1']);
    await vi.waitFor(async () => expect((await deliveries())[0]?.status).toBe('delivered'), WAIT);
    expect((await deliveries())[0]?.responseBody).toBe('ok');
  });

  test.each([
    ['doesn’t speak HTTP', 'hello\r\n\r\n'],
    ['sends endless headers', `HTTP/1.1 200 OK\r\n${'x-header: value\r\n'.repeat(4_000)}\r\n`],
    ['closes the connection', ''],
  ])('%s gets the event again later', async (_, answer) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(answer);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(() => Promise.resolve(server.close()));
    await create({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect(await failing()).toBe("The receiver can't be reached.");
  });

  test('redirects isn’t followed', async () => {
    const inner = await startWebhookReceiver();
    stops.push(inner.close);
    receiver.answerWith((_, res) => res.writeHead(302, { location: inner.url }).end());
    await create();
    expect(await failing()).toBe('The receiver answered 302. Enter the address that it redirects to.');
    expect(inner.received).toEqual([]);
  });

  test('asks for time gets it', async () => {
    receiver.answerWith((_, res) => res.writeHead(503, { 'retry-after': '3600' }).end('busy'));
    await create();
    expect(await failing()).toBe('The receiver answered 503.');
    await vi.waitFor(async () => {
      const [row] = await fixture.vitrine.app.db.webhookQueue.findMany({
        where: { webhook: { registryKey: fixture.registryKey } },
      });
      expect(row?.dueAt.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    }, WAIT);
  });

  test('answers 410 is left alone, and its owner hears of it', async () => {
    receiver.answerWith((_, res) => res.writeHead(410).end());
    await create();
    await failing();
    await vi.waitFor(async () => expect((await webhook())?.isEnabled).toBe(false), WAIT);
    expect((await webhook())?.disabledBecause).toContain('410');
    expect((await notices()).map(({ title }) => title)).toContain('The webhook hook was disabled');
    await push('app', ['v2']);
    receiver.answerWith(null);
    await updateWebhook(fixture.vitrine.app, { ...named(), isEnabled: true });
    await vi.waitFor(async () => expect((await deliveries()).map(({ status }) => status)).toEqual(['delivered']), WAIT);
    expect((await webhook())?.disabledBecause).toBeNull();
  });
});

test('10,000 events of a receiver that was away arrive in order per repository, with their ids', async () => {
  const { url, port } = receiver;
  await receiver.close();
  await create({ url });
  start();
  const repositories = Array.from({ length: 20 }, (_, i) => `app-${i}`);
  for (let i = 0; i < 10; i += 1) await queue(repositories, 1_000);
  await vi.waitFor(async () => expect((await webhook())?.pendingCount).toBe(10_000), WAIT);
  await vi.waitFor(async () => expect((await deliveries()).length).toBe(100), WAIT);
  receiver = await startWebhookReceiver(port);
  await testWebhook(fixture.vitrine.app, named());
  await vi.waitFor(async () => expect((await webhook())?.pendingCount).toBe(0), { timeout: 120_000, interval: 200 });
  const events = await fixture.vitrine.app.db.outboundEvent.findMany({
    where: { registryKey: fixture.registryKey, type: 'image.pushed' },
    orderBy: { id: 'asc' },
    select: { eventId: true, repository: true },
  });
  const order = new Map<string, string[]>();
  for (const { body } of receiver.received) {
    const { id, detail } = JSON.parse(body) as { id: string; detail: Record<string, string> };
    const ids = order.get(detail['repository-name'] ?? '') ?? [];
    if (!ids.includes(id)) ids.push(id);
    order.set(detail['repository-name'] ?? '', ids);
  }
  for (const repository of repositories) {
    const wanted = events.filter((event) => event.repository === `${fixture.owner.alias}/${repository}`);
    expect(order.get(repository)).toEqual(wanted.map(({ eventId }) => eventId));
  }
  expect(receiver.peak()).toBeLessThanOrEqual(4);
}, 180_000);

test('several workers never deliver events of one repository at once', async () => {
  let open = 0;
  let most = 0;
  receiver.answerWith((_, res) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      res.writeHead(204).end();
    }, 5);
  });
  await create();
  for (let i = 0; i < 3; i += 1) start();
  await queue(['app'], 60);
  await vi.waitFor(async () => expect((await webhook())?.pendingCount).toBe(0), WAIT);
  expect(most).toBe(1);
  expect(receiver.received.map(({ body }) => (JSON.parse(body) as { detail: object }).detail)).toMatchObject(
    Array.from({ length: 60 }, (_, i) => ({ 'image-tag': String(i) })),
  );
});

test('a worker that is killed leaves its events to the next one, with their ids', async () => {
  receiver.answerWith(() => undefined);
  await create();
  const stop = startDeliveries(fixture.vitrine.app, { timeoutMs: 60_000 });
  await queue(['app'], 2);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), WAIT);
  // The process has died: its lease runs out, and nothing was saved.
  await fixture.vitrine.app.db.webhookQueue.updateMany({
    where: { webhook: { registryKey: fixture.registryKey } },
    data: { leasedUntil: new Date(Date.now() - 1_000) },
  });
  receiver.answerWith(null);
  start();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(3), WAIT);
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
  await stop();
  await sleep(50);
  expect((await webhook())?.pendingCount).toBe(0);
});

test('events are given up after three days, and can be delivered again', async () => {
  receiver.answerWith((_, res) => res.writeHead(500).end());
  await create();
  const { app } = fixture.vitrine;
  await queue(['app'], 2);
  const ofRegistry = { webhook: { registryKey: fixture.registryKey } };
  const createdAt = new Date(Date.now() - 3 * 86_400_000 - 1_000);
  await app.db.webhookDelivery.updateMany({ where: ofRegistry, data: { createdAt } });
  start();
  await vi.waitFor(
    async () => expect((await deliveries()).map(({ status }) => status)).toEqual(['given_up', 'given_up']),
    WAIT,
  );
  await vi.waitFor(async () => {
    expect((await notices()).map(({ title }) => title)).toContain('The webhook hook keeps failing');
  }, WAIT);
  receiver.answerWith(null);
  const [last] = await deliveries();
  await redeliverEvent(app, { ...named(), delivery: BigInt(last?.id ?? 0) });
  await vi.waitFor(async () => expect((await deliveries())[0]?.status).toBe('delivered'), WAIT);
  expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(last?.eventId);
});

test('old events are deleted, but not those that are pending', async () => {
  const { app } = fixture.vitrine;
  await app.db.outboundEvent.deleteMany();
  await create();
  await queue(['app'], 2);
  const [first] = await deliveries();
  const at = new Date(Date.now() - 31 * 86_400_000);
  await app.db.outboundEvent.updateMany({ where: { registryKey: fixture.registryKey }, data: { at } });
  await app.db.webhookDelivery.update({ where: { id: BigInt(first?.id ?? 0) }, data: { status: 'delivered' } });
  await tendDeliveries(app);
  expect(await app.db.outboundEvent.count({ where: { registryKey: fixture.registryKey } })).toBe(1);
});

test('pulls are sampled, and only for webhooks that ask for them', async () => {
  await create({ eventTypes: ['image.pulled'] });
  start();
  await push('app', ['v1']);
  const { alias, token } = fixture.owner;
  const client = createDistributionClient(fixture.vitrine.url, token);
  for (let i = 0; i < 5; i += 1) await client.request('GET', `/v2/${alias}/app/manifests/v1`);
  await fixture.vitrine.app.pullLog.flush();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), WAIT);
  await client.request('GET', `/v2/${alias}/app/manifests/v1`);
  await fixture.vitrine.app.pullLog.flush();
  await sleep(1_200);
  expect(receiver.received).toHaveLength(1);
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
    source: 'vitrine',
    detail: { type: 'image.pulled', 'repository-name': 'app', 'image-tag': 'v1' },
  });
});
