// Fetches domain proofs. Users choose the domain, so only public addresses are contacted, over HTTPS.
import { Resolver } from 'node:dns/promises';
import { get, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { errorCode } from '#lib/platform/errors.ts';
import { isPublicAddress } from '#lib/platform/net/public-address.ts';

export type DomainProbe = {
  /** Returns the TXT records of a name. */
  readTxt: (name: string) => Promise<string[]>;
  /** Returns the first bytes of https://DOMAIN/PATH, or why it couldn't be read. */
  readFile: (domain: string, path: string) => Promise<{ text: string } | { problem: string }>;
};

export const DNS_PREFIX = '_vitrine-challenge';
export const WELL_KNOWN_PATH = '/.well-known/vitrine-challenge';
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4_096;

type Wanted = { domain: string; challenge: string };

/** Returns null if the challenge was found, or a sentence that says what was found instead. */
export async function findDnsProof(probe: DomainProbe, { domain, challenge }: Wanted): Promise<string | null> {
  const name = `${DNS_PREFIX}.${domain}`;
  try {
    const records = await probe.readTxt(name);
    if (records.some((record) => record.trim() === challenge)) return null;
    const found = records.length === 0 ? 'no TXT record' : 'only other TXT records';
    return `${name} has ${found}. DNS changes can take up to an hour to be visible.`;
  } catch (error) {
    return `Couldn't look up ${name} (${errorCode(error) ?? 'no answer'}). Try again later.`;
  }
}

export async function findWellKnownProof(probe: DomainProbe, { domain, challenge }: Wanted): Promise<string | null> {
  const result = await probe.readFile(domain, WELL_KNOWN_PATH);
  if ('problem' in result) return `https://${domain}${WELL_KNOWN_PATH} ${result.problem}.`;
  return result.text.trim() === challenge ? null : `https://${domain}${WELL_KNOWN_PATH} doesn't contain the challenge.`;
}

/** Uses the system's DNS servers unless others are given. Connects only to public addresses and follows no redirects. */
export function createDomainProbe(options: { dnsServers?: string[] } = {}): DomainProbe {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (options.dnsServers?.length) resolver.setServers(options.dnsServers);
  return {
    readTxt: async (name) => {
      try {
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
      } catch (error) {
        if (['ENOTFOUND', 'ENODATA'].includes(errorCode(error) ?? '')) return [];
        throw error;
      }
    },
    readFile: async (domain, path) => {
      const addresses = await resolver
        .resolve4(domain)
        .catch(() => resolver.resolve6(domain))
        .catch(() => []);
      const address = addresses.find(isPublicAddress);
      return address ? fetchText(domain, path, address) : { problem: 'has no public address' };
    },
  };
}

/** Connects to the address that was checked, to prevent DNS rebinding. */
function fetchText(domain: string, path: string, address: string): Promise<{ text: string } | { problem: string }> {
  const options: RequestOptions = {
    host: domain,
    path,
    timeout: TIMEOUT_MS,
    signal: AbortSignal.timeout(2 * TIMEOUT_MS),
    lookup: (_name, lookupOptions, done) => {
      const family = isIP(address);
      if (lookupOptions.all) done(null, [{ address, family }]);
      else done(null, address, family);
    },
  };
  return new Promise((resolve) => {
    const request = get(options, (response) => {
      if (response.statusCode !== 200) {
        response.destroy();
        resolve({ problem: `answered ${response.statusCode}` });
        return;
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_BYTES) response.destroy();
      });
      response.once('close', () => resolve({ text: text.slice(0, MAX_BYTES) }));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', (error) => resolve({ problem: `couldn't be read (${errorCode(error) ?? error.message})` }));
  });
}
