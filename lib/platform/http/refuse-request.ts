// Rejects requests that no edge serves, before dispatching them.
import type { IncomingMessage } from 'node:http';
import { countValues } from '#lib/oci/json-limits.ts';
import { isDecodable } from './requests.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const NUL = /%00/;
/** Next needs a third of a millisecond for each. */
const MAX_PARAMETERS = 100;
/** The client router's state, sent by Next's client. Next needs 50 µs for each level. */
const ROUTER_STATE = 'next-router-state-tree';
/** The deepest page has 50 values. */
const MAX_ROUTER_VALUES = 300;
export const FOREIGN_WRITE = "Pages of other sites can't make changes here.";

export type Refusal = { status: 400 | 403 | 405; text: string };

/** Returns null if the request may be dispatched. `publicUrl` is this site's address. */
export function refuseRequest(req: IncomingMessage, publicUrl: string): Refusal | null {
  const { method = '', url = '' } = req;
  if (!METHODS.includes(method) || url === '*') return { status: 405, text: `${method} is not supported here.` };
  if (!url.startsWith('/')) return { status: 400, text: 'The address must be a path.' };
  if (!isDecodable(url)) return { status: 400, text: 'The address has a malformed percent-escape.' };
  if (NUL.test(url)) return { status: 400, text: 'The address has a NUL character.' };
  if (countParameters(url) > MAX_PARAMETERS) return { status: 400, text: 'The address has too many parameters.' };
  if (!isRouterState(req.headers[ROUTER_STATE])) return { status: 400, text: `${ROUTER_STATE} is malformed.` };
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

/** Browsers send Origin with every unsafe request. Other clients don't send it. */
export function isForeignWrite({ method = '', headers }: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined || SAFE_METHODS.includes(method)) return false;
  const asked = URL.parse(origin);
  // Opaque origins are sent as `null`.
  if (!asked) return true;
  return asked.origin !== new URL(publicUrl).origin && asked.host !== host;
}
