import type { IncomingMessage } from 'node:http';
import type { Formats } from './formats.ts';
import type { Client } from './choose-format.ts';

/** Reads which manifests a client understands. Node joins the lines of an Accept header. */
export function readClient({ formats }: { formats: Pick<Formats, 'accepts'> }, { headers }: IncomingMessage): Client {
  return { acceptance: formats.accepts.read(headers.accept), userAgent: headers['user-agent'] };
}
