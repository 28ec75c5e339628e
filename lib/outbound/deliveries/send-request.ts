// Sends one POST to a publisher's receiver. Never follows redirects, so that none leads to an internal address.
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createCheckedAgent } from '#lib/platform/net/checked-agent.ts';
import { createAddressFilter, createNetworkFilter } from '#lib/platform/net/public-address.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

export type WebhookRequest = { url: string; headers: Record<string, string>; body: string; signal: AbortSignal };

export type ReceiverAnswer = {
  /** Null: no answer. */
  status: number | null;
  /** Its beginning. */
  body: string | null;
  /** Null after a 2xx. */
  problem: string | null;
  retryAfterSeconds: number | null;
};

export type RequestSender = {
  /** Resolves for every outcome. @throws the reason of `signal` */
  send: (outgoing: WebhookRequest) => Promise<ReceiverAnswer>;
  close: () => void;
};

/** For the whole exchange. */
const TIMEOUT_MS = 15_000;
/** Of the answer's body, once its status is known. */
const BODY_TIMEOUT_MS = 2_000;
const MAX_BODY_BYTES = 2_048;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS_PER_HOST = 8;
const KEEP_ALIVE_MS = 10_000;

/** The same for every reason, so that publishers can't explore the operator's network. */
const UNREACHABLE = "The receiver can't be reached.";

export function createRequestSender({
  allowedNetworks,
  timeoutMs = TIMEOUT_MS,
}: {
  /** Networks that may be reached besides public addresses. Plain HTTP may only go to them. */
  allowedNetworks: string[];
  timeoutMs?: number;
}): RequestSender {
  const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS_PER_HOST, maxFreeSockets: 1, timeout: KEEP_ALIVE_MS };
  const agents = {
    'https:': createCheckedAgent(true, { isAllowed: createAddressFilter(allowedNetworks) }, options),
    'http:': createCheckedAgent(false, { isAllowed: createNetworkFilter(allowedNetworks) }, options),
  };
  return {
    send: async (outgoing) => {
      const deadline = AbortSignal.timeout(timeoutMs);
      const url = new URL(outgoing.url);
      const agent = agents[url.protocol === 'https:' ? 'https:' : 'http:'];
      try {
        const response = await exchange(url, agent, {
          ...outgoing,
          signal: AbortSignal.any([outgoing.signal, deadline]),
        });
        return toAnswer(response, await readBeginning(response));
      } catch {
        outgoing.signal.throwIfAborted();
        const problem = deadline.aborted
          ? `The receiver didn't answer within ${timeoutMs / 1000} seconds.`
          : UNREACHABLE;
        return { status: null, body: null, problem, retryAfterSeconds: null };
      }
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function exchange(url: URL, agent: Agent, { headers, body, signal }: WebhookRequest): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const req = request({
      // URL keeps the brackets of an IPv6 address, net.connect wants it without.
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      agent,
      signal,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: { ...headers, host: url.host, 'user-agent': 'vitrine', 'content-length': Buffer.byteLength(body) },
    });
    req.once('response', (response) => {
      response.on('error', () => undefined);
      resolve(response);
    });
    // Stays, because errors after the response belong to its body.
    req.on('error', reject);
    req.end(body);
  });
}

/** Reads at most the first bytes. A body that stalls or lies about its length doesn't change the outcome. */
function readBeginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      if (!response.complete) response.destroy();
      resolve(toStorableText(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8')));
    };
    const timer = setTimeout(finish, BODY_TIMEOUT_MS);
    response.on('data', (chunk: Buffer) => {
      if (size >= MAX_BODY_BYTES) return;
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_BODY_BYTES) finish();
    });
    response.once('close', finish).once('end', finish);
  });
}

function toAnswer({ statusCode = 0, headers }: IncomingMessage, body: string): ReceiverAnswer {
  const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0];
  const retryAfterSeconds = seconds === undefined ? null : Number(seconds);
  return { status: statusCode, body, problem: problemOf(statusCode), retryAfterSeconds };
}

function problemOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status === 410) return 'The receiver answered 410: it wants no more events.';
  if (status >= 300 && status < 400) return `The receiver answered ${status}. Enter the address that it redirects to.`;
  return `The receiver answered ${status}.`;
}
