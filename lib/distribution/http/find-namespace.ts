// Container runtimes that have this site set up as a mirror say whose image they want: containerd by `?ns=docker.io`, Docker
// by nothing but the host name it was given. https://github.com/opencontainers/distribution-spec (proxying, `ns`)
import type { IncomingMessage } from 'node:http';
import { canonicalHost } from '#lib/upstream/client/docker-hub.ts';
import type { DistributionApp } from './distribution-request.ts';

/** The host whose names the request means; null: our own. */
export function findNamespace(app: DistributionApp, req: IncomingMessage, query: URLSearchParams): string | null {
  const { hosts } = app.config.mirrors;
  if (hosts.size === 0 && !query.has('ns')) return null;
  const ownHost = req.headers.host?.toLowerCase() ?? '';
  const standsFor = hosts.get(ownHost) ?? hosts.get(ownHost.replace(/:\d+$/, ''));
  const asked = standsFor ?? query.get('ns')?.toLowerCase();
  if (asked === undefined || asked === ownHost || asked === app.config.publicHost) return null;
  return canonicalHost(asked);
}
