// Container runtimes that use this site as a mirror say which registry they mean. containerd sends `?ns=docker.io`.
// Docker only uses the host name it was configured with. https://github.com/opencontainers/distribution-spec (proxying,
// `ns`)
import type { IncomingMessage } from 'node:http';
import { canonicalHost } from '#lib/upstream/client/docker-hub.ts';
import type { DistributionApp } from './distribution-request.ts';

/** Returns the registry host that the request refers to. Null: this site. */
export function findNamespace(app: DistributionApp, req: IncomingMessage, query: URLSearchParams): string | null {
  const { hosts } = app.config.mirrors;
  if (hosts.size === 0 && !query.has('ns')) return null;
  const ownHost = req.headers.host?.toLowerCase() ?? '';
  const standsFor = hosts.get(ownHost) ?? hosts.get(ownHost.replace(/:\d+$/, ''));
  const asked = standsFor ?? query.get('ns')?.toLowerCase();
  if (asked === undefined || asked === ownHost || asked === app.config.publicHost) return null;
  return canonicalHost(asked);
}
