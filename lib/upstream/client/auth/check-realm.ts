// The server names its own realm, and credentials sent to a hostile realm are stolen (CVE-2026-33540). The realm must
// therefore share the upstream's site or be the configured token host.
import { getDomain } from 'tldts';
import { servingHost } from '#lib/upstream/client/docker-hub.ts';
import { invalidUpstream } from '#lib/upstream/client/upstream-errors.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';

/** @throws AppError `upstream_invalid` */
export function checkRealm(upstream: UpstreamAddress, realm: string): URL {
  const url = URL.parse(realm);
  if (!url || url.username !== '' || url.password !== '') {
    throw invalidUpstream(`${upstream.host} names an invalid token realm.`);
  }
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && upstream.isPlainHttp);
  if (!isSafe) throw invalidUpstream(`${upstream.host} requests tokens from ${url.host} over plain HTTP.`);
  const own = new URL(`${url.protocol}//${servingHost(upstream.host)}`);
  const isNamed = upstream.tokenHost !== null && url.host === hostOf(url.protocol, upstream.tokenHost);
  if (!isNamed && !isSameSite(own.hostname, url.hostname)) {
    throw invalidUpstream(
      `${upstream.host} requests tokens from ${url.host}, which is on another domain. No credentials were sent. ` +
        `If this is expected, set ${url.host} as the token host of this upstream.`,
    );
  }
  url.hash = '';
  return url;
}

/** Normalizes the host as URL does, which omits the default port. */
function hostOf(protocol: string, host: string): string | undefined {
  return URL.parse(`${protocol}//${host}`)?.host;
}

/**
 * Whether both share a registrable domain. Private suffixes such as `github.io` count as suffixes. IP addresses must be
 * equal.
 */
function isSameSite(one: string, other: string): boolean {
  if (one === other) return true;
  const domain = getDomain(one, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other, { allowPrivateDomains: true });
}
