// Sends one HTTP request to one server, with address checks, keep-alive and timeouts. Knows nothing of registries.
import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createCheckedAgent, type AddressCheck } from '#lib/platform/net/checked-agent.ts';
import { busyUpstream, toUpstreamError, unavailableUpstream } from './upstream-errors.ts';

export type Timeouts = {
  /** Waiting for a free connection to the host. */
  queueMs: number;
  /** DNS, TCP and TLS. */
  connectMs: number;
  /** From the request to the end of the response headers. */
  headersMs: number;
  /** Between two chunks of a body that is being read. */
  idleBodyMs: number;
};

export const TIMEOUTS: Timeouts = { queueMs: 30_000, connectMs: 10_000, headersMs: 30_000, idleBodyMs: 30_000 };

export type ConnectionKind = 'metadata' | 'blob';

export type Outgoing = {
  url: URL;
  method: 'GET' | 'HEAD';
  headers: Record<string, string>;
  kind: ConnectionKind;
  signal?: AbortSignal | undefined;
};

export type Connections = {
  /** @throws AppError `upstream_unavailable` or `upstream_invalid`, or the abort reason of `signal` */
  send: (outgoing: Outgoing) => Promise<IncomingMessage>;
  close: () => void;
};

const MAX_HEADER_BYTES = 32 * 1024;
const KEEP_ALIVE_MS = 20_000;
const MAX_STALE_CONNECTIONS = 3;

type Options = { check: AddressCheck; plainCheck: AddressCheck; connectionsPerHost: number; timeouts: Timeouts };
type Agents = Record<'http:' | 'https:', Agent>;

export function createConnections({ check, plainCheck, connectionsPerHost, timeouts }: Options): Connections {
  // Separate pools, so that downloads don't delay tag checks.
  const createAgents = (): Agents => {
    const options = { keepAlive: true, maxSockets: connectionsPerHost, maxFreeSockets: connectionsPerHost };
    const kept = { ...options, scheduling: 'lifo', timeout: KEEP_ALIVE_MS } as const;
    return { 'http:': createCheckedAgent(false, plainCheck, kept), 'https:': createCheckedAgent(true, check, kept) };
  };
  const agents: Record<ConnectionKind, Agents> = { metadata: createAgents(), blob: createAgents() };
  /** Ends each request that has no response yet. */
  const pending = new Set<(error: Error) => void>();
  let isClosed = false;

  const send = async (outgoing: Outgoing): Promise<IncomingMessage> => {
    const { url, kind, signal } = outgoing;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      if (isClosed) throw unavailableUpstream(url.host, "can't be asked while this site is shutting down");
      const agent = agents[kind][url.protocol === 'https:' ? 'https:' : 'http:'];
      const req = open(outgoing, agent);
      try {
        return await answerOf(req, outgoing, timeouts, pending);
      } catch (error) {
        signal?.throwIfAborted();
        // The server closed an idle connection just as it was reused. GET and HEAD may be retried (RFC 9110 §9.2.2).
        const isStale = req.reusedSocket && isDisconnect(error);
        if (!isStale || attempt > MAX_STALE_CONNECTIONS) throw toUpstreamError(url.host, error);
      }
    }
  };

  return {
    send,
    close: () => {
      isClosed = true;
      for (const end of pending) end(new Error('this site is shutting down'));
      for (const pair of Object.values(agents)) for (const agent of Object.values(pair)) agent.destroy();
    },
  };
}

function open({ url, method, headers }: Outgoing, agent: Agent): ClientRequest {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return request({
    // URL keeps the brackets of an IPv6 address, net.connect wants it without.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port,
    path: `${url.pathname}${url.search}`,
    method,
    agent,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { 'user-agent': 'vitrine', 'accept-encoding': 'identity', ...headers },
  });
}

/** Waits for a free connection, then for it to connect, then for headers, each with its own timeout. */
function answerOf(
  req: ClientRequest,
  { url, signal }: Outgoing,
  timeouts: Timeouts,
  pending: Set<(error: Error) => void>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      pending.delete(end);
      signal?.removeEventListener('abort', abort);
    };
    const end = (error: Error): void => {
      finish();
      reject(error);
      // While the request waits for a connection, destroying it emits nothing.
      req.destroy();
    };
    const abort = (): void => end(new Error('aborted'));
    const allow = (ms: number, what: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end(unavailableUpstream(url.host, what)), ms);
    };
    let timer = setTimeout(() => end(busyUpstream(url.host)), timeouts.queueMs);
    pending.add(end);
    signal?.addEventListener('abort', abort, { once: true });
    req.once('socket', (socket) => {
      if (req.destroyed) return;
      const awaitHeaders = (): void => allow(timeouts.headersMs, 'took too long to answer');
      if (!socket.connecting) return awaitHeaders();
      allow(timeouts.connectMs, 'took too long to connect');
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', awaitHeaders);
    });
    req.once('response', (response) => {
      finish();
      // A reader handles its own errors, and a body may have no reader.
      response.on('error', () => undefined);
      resolve(response);
    });
    // This listener stays, because errors after the response belong to the body.
    req.on('error', (error) => {
      finish();
      reject(error);
    });
    req.end();
  });
}

function isDisconnect(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
