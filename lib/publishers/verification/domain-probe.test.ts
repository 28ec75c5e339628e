// Domain proofs over the wire: a real resolver asks a name server of the test's own.
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

describe('by DNS', () => {
  const look = () => findDnsProof(probe, { domain: 'brand.example', challenge });

  test('no record, another one, and the right one', async () => {
    expect(await look()).toMatch(/there is no TXT record/);
    zone.set('_vitrine-challenge.brand.example', { TXT: ['v=spf1 -all'] });
    expect(await look()).toMatch(/other TXT records only/);
    zone.set('_vitrine-challenge.brand.example', { TXT: ['v=spf1 -all', challenge] });
    expect(await look()).toBeNull();
  });

  test('a name server that does not answer is no answer', async () => {
    const nobody = createDomainProbe({ dnsServers: ['127.0.0.1:9'] });
    expect(await findDnsProof(nobody, { domain: 'brand.example', challenge })).toMatch(/could not be looked up/);
  }, 30_000);
});

describe('by a well-known file', () => {
  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.1.1'])(
    'a name that points to %s is not asked',
    async (address) => {
      zone.set('inside.example', { A: address });
      const problem = await findWellKnownProof(probe, { domain: 'inside.example', challenge });
      expect(problem).toBe('https://inside.example/.well-known/vitrine-challenge has no public address.');
    },
  );

  test('nor is a name without any address', async () => {
    expect(await findWellKnownProof(probe, { domain: 'nowhere.example', challenge })).toMatch(/has no public address/);
  });
});
