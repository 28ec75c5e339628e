// Domain proofs with a real resolver and a DNS server of the test.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDnsServer, type DnsServer, type Zone } from '#lib/testing/servers/dns-server.ts';
import { createDomainProbe, findDnsProof, findWellKnownProof, type DomainProbe } from './domain-probe.ts';

const challenge = 'vitrine-0123456789abcdef';
const zone = new Map<string, { TXT?: string[]; A?: string }>() satisfies Zone;
let dns: DnsServer;
let probe: DomainProbe;
beforeAll(async () => {
  dns = await startDnsServer(zone);
  probe = createDomainProbe({ dnsServers: [dns.address] });
});
afterAll(() => dns.close());

describe('DNS proofs', () => {
  const find = () => findDnsProof(probe, { domain: 'brand.example', challenge });

  test('require the challenge among the TXT records', async () => {
    expect(await find()).toMatch(/has no TXT record/);
    zone.set('_vitrine-challenge.brand.example', { TXT: ['v=spf1 -all'] });
    expect(await find()).toMatch(/has only other TXT records/);
    zone.set('_vitrine-challenge.brand.example', { TXT: ['v=spf1 -all', challenge] });
    expect(await find()).toBeNull();
  });

  test('report an unreachable DNS server', async () => {
    const unreachable = createDomainProbe({ dnsServers: ['127.0.0.1:9'] });
    expect(await findDnsProof(unreachable, { domain: 'brand.example', challenge })).toMatch(/Couldn't look up/);
  }, 30_000);
});

describe('well-known file proofs', () => {
  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.1.1'])('do not connect to %s', async (address) => {
    zone.set('inside.example', { A: address });
    const problem = await findWellKnownProof(probe, { domain: 'inside.example', challenge });
    expect(problem).toBe('https://inside.example/.well-known/vitrine-challenge has no public address.');
  });

  test('require an address', async () => {
    expect(await findWellKnownProof(probe, { domain: 'nowhere.example', challenge })).toMatch(/has no public address/);
  });
});
