// What depends on the listener that a request came through. Handlers of the web framework see its headers only, so the listener is one
// (requests.ts).
import type { IncomingMessage } from 'node:http';
import type { ListenerConfig } from '#lib/platform/config/listener-config.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';

/** The private listener serves the registry and the API at an internal address. */
export type ListenerName = 'public' | 'private';

type SiteConfig = Pick<ServerConfig, 'site'> & Pick<ListenerConfig, 'privateListener'>;

export function isPrivateRequest({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['x-listener'] === 'private';
}

/** Returns what policies may test of the site. @param listener the stamped header */
export function siteSeenFrom({ site, privateListener }: SiteConfig, listener: unknown): ServerConfig['site'] {
  return listener === 'private' && privateListener ? privateListener.site : site;
}
