// Names that resolve to forbidden addresses, with a DNS server of the test.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  addressOf,
  createTestUpstreamClient,
  upstreamMetadata,
} from '#lib/testing/servers/create-test-upstream-client.ts';
import { startDnsServer, type DnsServer, type DnsEntry } from '#lib/testing/servers/dns-server.ts';
import { startFaultUpstream, type FaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import { createCheckedLookup } from './checked-agent.ts';
import { createAddressFilter } from './public-address.ts';
import { resolveBy } from '#lib/platform/pg/resolve-by.ts';

const zone = new Map<string, DnsEntry>();
let dns: DnsServer;
let server: FaultUpstream;
beforeAll(async () => {
  dns = await startDnsServer(zone);
  server = await startFaultUpstream();
});
beforeEach(() => {
  zone.clear();
  server.requests.length = 0;
});
afterAll(async () => {
  dns.close();
  await server.close();
});

const ask = async (host: string, allowedNetworks = ['127.0.0.1']): Promise<unknown> => {
  const client = createTestUpstreamClient({ allowedNetworks, dnsServers: [dns.address] });
  const port = server.host.split(':')[1];
  return client
    .request(addressOf({ host: `${host}:${port}` }), upstreamMetadata({ method: 'HEAD' }))
    .then(({ status }) => status)
    .catch((error: unknown) => error)
    .finally(() => client.close());
};

test('connects to a name with allowed addresses', async () => {
  zone.set('registry.example', { A: '127.0.0.1' });
  expect(await ask('registry.example')).toBe(404);
  expect(server.requests[0]?.headers.host).toMatch(/^registry\.example:/);
});

test.each([['127.0.0.3'], ['10.0.0.1'], ['169.254.169.254'], ['127.0.0.1', '10.0.0.1'], ['10.0.0.1', '127.0.0.1']])(
  'does not connect to a name with the addresses %s %s',
  async (...addresses) => {
    zone.set('registry.example', { A: addresses });
    expect(await ask('registry.example')).toMatchObject({ code: 'upstream_unavailable' });
    expect(server.requests).toEqual([]);
  },
);

test('checks IP addresses in URLs too', async () => {
  expect(await ask('127.0.0.1')).toBe(404);
  expect(await ask('127.0.0.1', [])).toMatchObject({ code: 'upstream_unavailable' });
  expect(await ask('[::1]')).toMatchObject({ code: 'upstream_unavailable' });
  expect(server.requests).toHaveLength(1);
});

test('reports a name without addresses as unavailable', async () => {
  expect(await ask('nowhere.example')).toMatchObject({ code: 'upstream_unavailable' });
});

test('resolves a name only once', async () => {
  let lookups = 0;
  const lookup = createCheckedLookup({
    isAllowed: createAddressFilter([]),
    resolve: (name) => {
      lookups += 1;
      return resolveBy([dns.address])(name);
    },
  });
  zone.set('registry.example', { A: '93.184.216.34' });
  const found = new Promise((resolve) => {
    lookup('registry.example', { all: true }, (_error, addresses) => resolve(addresses));
  });
  expect(await found).toEqual([{ address: '93.184.216.34', family: 4 }]);
  expect(lookups).toBe(1);
});

test('the error does not distinguish unknown names, internal addresses and closed ports', async () => {
  zone.set('internal.example', { A: '10.0.0.1' });
  zone.set('closed.example', { A: '127.0.0.1' });
  const answers: unknown[] = [];
  for (const host of ['nowhere.example', 'internal.example', '10.0.0.1']) answers.push(await ask(host));
  const { host } = server;
  await server.stopListening();
  answers.push(await ask('closed.example'));
  await server.listenAgain();
  expect(server.host).toBe(host);
  const errors = answers.map((error) => {
    const { code, message, retryAfterSeconds } = error as { code: string; message: string; retryAfterSeconds: number };
    return { code, retryAfterSeconds, message: message.replace(/^\S+/, 'HOST') };
  });
  expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1);
  expect(errors[0]).toMatchObject({ code: 'upstream_unavailable' });
});
