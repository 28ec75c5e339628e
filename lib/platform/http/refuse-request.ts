// What no edge ever serves, refused before one of them looks at it.
import type { IncomingMessage } from 'node:http';
import { countValues } from '#lib/oci/json-limits.ts';
import { isDecodable } from './requests.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const NUL = /%00/;
/** Next takes a third of a millisecond for each. */
const MAX_PARAMETERS = 100;
/** What Next's client says of the page it is on. Next takes 50 µs for each level of it. */
const ROUTER_STATE = 'next-router-state-tree';
/** The deepest page has 50. */
const MAX_ROUTER_VALUES = 300;
export const FOREIGN_WRITE = 'Pages of other sites may not change anything here.';

export type Refusal = { status: 400 | 403 | 405; text: string };

/** Null: an edge may look at it. `publicUrl` is this site's address. */
export function refuseRequest(req: IncomingMessage, publicUrl: string): Refusal | null {
  const { method = '', url = '' } = req;
  if (!METHODS.includes(method) || url === '*') return { status: 405, text: `${method} is not supported here.` };
  if (!url.startsWith('/')) return { status: 400, text: 'The address must be a path.' };
  if (!isDecodable(url)) return { status: 400, text: 'The address has a malformed percent-escape.' };
  if (NUL.test(url)) return { status: 400, text: 'The address has a NUL character.' };
  if (countParameters(url) > MAX_PARAMETERS) return { status: 400, text: 'The address has too many parameters.' };
  if (!isRouterState(req.headers[ROUTER_STATE])) return { status: 400, text: `${ROUTER_STATE} could not be read.` };
  if (isForeignWrite(req, publicUrl)) return { status: 403, text: FOREIGN_WRITE };
  return null;
}

function countParameters(url: string): number {
  return url.includes('?') ? url.split('&').length : 0;
}

function isRouterState(header: string | string[] | undefined): boolean {
  if (header === undefined) return true;
  try {
    const json = decodeURIComponent(String(header));
    return countValues(Buffer.from(json), MAX_ROUTER_VALUES) <= MAX_ROUTER_VALUES && Array.isArray(JSON.parse(json));
  } catch {
    return false;
  }
}

/** Programs send no Origin; browsers send one with each request that could change something. */
export function isForeignWrite({ method = '', headers }: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined || SAFE_METHODS.includes(method)) return false;
  const asked = URL.parse(origin);
  // A page that must not say where it is from says `null`.
  if (!asked) return true;
  return asked.origin !== new URL(publicUrl).origin && asked.host !== host;
}
