import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Config } from '#lib/config.ts';
import { DOCTOR_HEADER, seenRequestSchema, signDoctor, type SeenRequest } from '#lib/platform/http/seen-request.ts';
import { fail, ok, sentenceOf, warn, type Finding } from './finding.ts';

const TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
const RENEW_DAYS = 14;

type AddressConfig = Pick<Config, 'publicUrl' | 'isPublicUrlSet' | 'proxyCount' | 'port'>;

/** Checks PUBLIC_URL as clients see it. @param key that signs the request; null before the first start */
export async function checkAddress(config: AddressConfig, key: Uint8Array | null): Promise<Finding[]> {
  const url = new URL(config.publicUrl);
  const dns = await checkDns(url);
  if (dns.state === 'fail') return [dns];
  const isTls = url.protocol === 'https:';
  const tls = isTls ? [await checkCertificate(url)] : [];
  return [...judgeSetting(config), dns, ...tls, ...(await checkRequest(config, key))];
}

function judgeSetting({ isPublicUrlSet, publicUrl }: AddressConfig): Finding[] {
  if (isPublicUrlSet) return [];
  const next = 'Set it to the address that people use, unless only this machine uses the site.';
  return [warn('address', `PUBLIC_URL is not set, so the site calls itself ${publicUrl}.`, next)];
}

async function checkDns({ hostname }: URL): Promise<Finding> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return ok('dns', `PUBLIC_URL has the address ${host}.`);
  try {
    const addresses = await lookup(host, { all: true });
    return ok('dns', `${host} has the address ${addresses.map(({ address }) => address).join(', ')}.`);
  } catch {
    return fail('dns', `The name ${host} can't be resolved.`, 'Create a DNS record for it, or correct PUBLIC_URL.');
  }
}

function checkCertificate(url: URL): Promise<Finding> {
  const port = Number(url.port || 443);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const servername = isIP(host) ? {} : { servername: host };
  return new Promise((resolve) => {
    // An invalid certificate is what this looks for.
    const socket = connect({ host, port, ...servername, rejectUnauthorized: false, timeout: TIMEOUT_MS });
    const end = (finding: Finding) => {
      socket.destroy();
      resolve(finding);
    };
    const next = 'Start the site and the proxy that terminates TLS, or correct PUBLIC_URL.';
    socket.once('error', (error) => end(fail('tls', `TLS with ${url.host} fails: ${sentenceOf(error)}`, next)));
    socket.once('timeout', () => end(fail('tls', `${url.host} does not answer.`, next)));
    socket.once('secureConnect', () => {
      const reason = socket.authorized ? null : String(socket.authorizationError);
      end(judgeCertificate(Date.parse(socket.getPeerCertificate().valid_to), reason));
    });
  });
}

/** @param reason why the certificate isn't trusted; null if it is */
export function judgeCertificate(endsMs: number, reason: string | null, nowMs = Date.now()): Finding {
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  if (endsMs <= nowMs) return fail('tls', 'The TLS certificate has expired.', 'Renew it. A proxy must be reloaded.');
  if (reason !== null) {
    const next = 'Install the whole chain of a trusted certificate, or give clients its CA.';
    return fail('tls', `Clients don't trust the TLS certificate (${reason}).`, next);
  }
  if (days >= RENEW_DAYS) return ok('tls', `The TLS certificate is valid for ${days} more days.`);
  return warn('tls', `The TLS certificate expires in ${days} days.`, 'Check why it was not renewed yet.');
}

async function checkRequest(config: AddressConfig, key: Uint8Array | null): Promise<Finding[]> {
  const headers: Record<string, string> = key === null ? {} : { [DOCTOR_HEADER]: signDoctor(key) };
  try {
    const response = await fetch(`${config.publicUrl}/livez`, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status !== 200) return [notVitrine(config, `status ${response.status}`)];
    const seen = seenRequestSchema.safeParse(parseJson(text)).data;
    return seen ? judgeRequest(config, seen) : [notVitrine(config, 'another program, or a site with other secrets')];
  } catch (error) {
    const message = `${config.publicUrl} does not answer: ${sentenceOf(error)}`;
    return [fail('proxy', message, 'Start the site and its proxy, or correct PUBLIC_URL.')];
  }
}

function notVitrine({ publicUrl }: AddressConfig, what: string): Finding {
  const next = 'Check that PUBLIC_URL leads to this site, and that the proxy forwards /livez.';
  return warn('proxy', `${publicUrl} answers, but not like this site (${what}).`, next);
}

/** Compares what the proxy sends with the settings. */
export function judgeRequest(config: Pick<Config, 'publicUrl' | 'proxyCount'>, seen: SeenRequest): Finding[] {
  const { publicUrl, proxyCount } = config;
  const { host, protocol } = new URL(publicUrl);
  const hops = seen.forwardedFor === null ? 0 : seen.forwardedFor.split(',').length;
  const findings: Finding[] = [];
  if (hops > proxyCount) {
    const message = `Requests come through ${hops} proxies, but PROXIES is ${proxyCount}. All clients look like one.`;
    findings.push(warn('proxy', message, `Set PROXIES=${hops}, if all of these proxies are yours.`));
  }
  if (hops < proxyCount) {
    const message = `PROXIES is ${proxyCount}, but requests have ${hops} entries in X-Forwarded-For. Clients can forge their address.`;
    findings.push(fail('proxy', message, `Set PROXIES=${hops}, or let the proxy append to X-Forwarded-For.`));
  }
  if (seen.host !== host) {
    const message = `The proxy sends the Host ${seen.host ?? '(none)'} instead of ${host}.`;
    findings.push(warn('proxy', message, 'Forward the Host header, as in docs/operating.md.'));
  }
  if (hops > 0 && seen.forwardedProto !== null && `${seen.forwardedProto}:` !== protocol) {
    const message = `The proxy says that clients use ${seen.forwardedProto}, but PUBLIC_URL says ${protocol.slice(0, -1)}.`;
    findings.push(warn('proxy', message, 'Correct PUBLIC_URL, or X-Forwarded-Proto of the proxy.'));
  }
  const address = seen.clientAddress ?? 'unknown';
  return findings.length > 0
    ? findings
    : [ok('proxy', `${publicUrl} leads here. This machine's address is ${address}.`)];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
