// Whoever answers for an upstream names the realm. Credentials sent to any realm are credentials given away
// (CVE-2026-33540), so it has to belong to the upstream, or be the one that was set for it.
import { getDomain } from 'tldts';
import { servingHost } from '#lib/upstream/client/docker-hub.ts';
import { invalidUpstream } from '#lib/upstream/client/upstream-errors.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';

/** @throws AppError `upstream_invalid` */
export function checkRealm(upstream: UpstreamAddress, realm: string): URL {
  const url = URL.parse(realm);
  if (!url || url.username !== '' || url.password !== '') {
    throw invalidUpstream(`${upstream.host} asks for a token from an address that is none.`);
  }
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && upstream.isPlainHttp);
  if (!isSafe) throw invalidUpstream(`${upstream.host} asks for a token from ${url.host} without encryption.`);
  const own = new URL(`${url.protocol}//${servingHost(upstream.host)}`);
  const isNamed = upstream.tokenHost !== null && url.host === hostOf(url.protocol, upstream.tokenHost);
  if (!isNamed && !isSameSite(own.hostname, url.hostname)) {
    throw invalidUpstream(
      `${upstream.host} asks for a token from ${url.host}, which is on another domain: nothing was sent there. ` +
        'If that is right, set it as the token host of this upstream.',
    );
  }
  url.hash = '';
  return url;
}

/** As URL writes it: without the default port. */
function hostOf(protocol: string, host: string): string | undefined {
  return URL.parse(`${protocol}//${host}`)?.host;
}

/** One registrable domain; under a suffix where strangers get names (`github.io`) each name is one. Addresses: the same. */
function isSameSite(one: string, other: string): boolean {
  if (one === other) return true;
  const domain = getDomain(one, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other, { allowPrivateDomains: true });
}
