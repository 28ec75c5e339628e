import type { IncomingMessage } from 'node:http';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';

/**
 * The host names that a client may have signed. A proxy may have replaced the Host header, and clients disagree about
 * default ports.
 */
export function signedHosts(
  { publicUrl, proxyCount }: Pick<ServerConfig, 'publicUrl' | 'proxyCount'>,
  req: IncomingMessage,
): string[] {
  const { host, protocol, hostname, port } = new URL(publicUrl);
  const withPort = port === '' ? `${hostname}:${protocol === 'https:' ? 443 : 80}` : host;
  const forwarded =
    proxyCount > 0
      ? String(req.headers['x-forwarded-host'] ?? '')
          .split(',')
          .at(-1)
          ?.trim()
      : '';
  return [...new Set([req.headers.host ?? '', forwarded ?? '', host, withPort, hostname])].filter(
    (name) => name !== '',
  );
}
