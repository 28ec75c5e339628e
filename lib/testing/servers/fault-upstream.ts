// A registry on a loopback address that serves given content, records requests and injects faults.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { basic } from './raw-http.ts';
import { reply, UpstreamContent, type Reply } from './upstream-content.ts';
import { replyOfFaults, sendReply, spoil, type Faults } from './upstream-faults.ts';
import { UpstreamTokens } from './upstream-tokens.ts';

/** `bytesSent` counts body bytes as they are sent. */
export type RecordedRequest = { method: string; path: string; headers: IncomingHttpHeaders; bytesSent: number };

/** Matches `GET /v2/acme/app/manifests/latest`, including the query. */
export type RequestFilter = RegExp | ((request: RecordedRequest) => boolean);

export type AuthDemand =
  | { scheme: 'basic'; username: string; password: string }
  | {
      scheme: 'bearer';
      /** Issues the tokens. Defaults to this upstream's own `/token`. */
      issuer?: FaultUpstream;
      /** Overrides the realm of the challenge. */
      realm?: string;
      /** Refuses every token with another 401. */
      refusesTokens?: true;
    };

export type FaultUpstream = {
  /** `127.0.0.1:PORT` */
  host: string;
  url: string;
  content: UpstreamContent;
  tokens: UpstreamTokens;
  /** In order of arrival. */
  requests: RecordedRequest[];
  find: (filter: RequestFilter) => RecordedRequest[];
  /**
   * Injects faults into matching requests (default: all), a number of times (default: always). Returns a function that
   * ends them.
   */
  misbehave: (faults: Faults, options?: { when?: RequestFilter; times?: number }) => () => void;
  /** Ends all faults. */
  behave: () => void;
  demandAuth: (demand: AuthDemand | null) => void;
  /** Refuses connections until listenAgain, which reuses the port. */
  stopListening: () => Promise<void>;
  listenAgain: () => Promise<void>;
  close: () => Promise<void>;
};

export type FaultUpstreamOptions = {
  /** Another loopback address, to stand for another machine. */
  address?: string;
  tls?: { key: string; cert: string };
};

type Plan = { faults: Faults; when: RequestFilter; left: number };

export async function startFaultUpstream(options: FaultUpstreamOptions = {}): Promise<FaultUpstream> {
  const { address = '127.0.0.1', tls } = options;
  const requests: RecordedRequest[] = [];
  const content = new UpstreamContent();
  const tokens = new UpstreamTokens();
  let plans: Plan[] = [];
  let demand: AuthDemand | null = null;

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = req;
    const record: RecordedRequest = { method, path, headers, bytesSent: 0 };
    requests.push(record);
    const faults = takeFaults(plans, record);
    if (faults.hangsUp) return void res.destroy();
    if (faults.delayMs) await sleep(faults.delayMs);
    const isForTokens = path.startsWith('/token');
    const refusal = isForTokens ? null : refuse(demand, path, headers.authorization, upstream);
    const asked = faults.ignoresRange ? { ...headers, range: undefined } : headers;
    const honest = () => (isForTokens ? tokens.reply(path, headers.authorization) : content.reply(path, asked));
    const answer = replyOfFaults(faults) ?? refusal ?? honest();
    await sendReply(res, spoil(answer, faults), faults, (bytes) => {
      record.bytesSent += bytes;
    });
  };
  const onRequest = (req: IncomingMessage, res: ServerResponse): void =>
    void handle(req, res).catch(() => res.destroy());
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  const listen = async (port: number): Promise<void> => {
    server.listen(port, address);
    await once(server, 'listening');
  };
  const stopListening = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const host = `${address}:${port}`;

  const upstream: FaultUpstream = {
    host,
    url: `${tls ? 'https' : 'http'}://${host}`,
    content,
    tokens,
    requests,
    find: (filter) => requests.filter((request) => matches(filter, request)),
    misbehave: (faults, { when = /^/, times = Number.POSITIVE_INFINITY } = {}) => {
      const plan = { faults, when, left: times };
      plans.push(plan);
      return () => {
        plan.left = 0;
      };
    },
    behave: () => {
      plans = [];
    },
    demandAuth: (next) => {
      demand = next;
    },
    stopListening,
    listenAgain: () => listen(port),
    close: async () => {
      if (server.listening) await stopListening();
    },
  };
  return upstream;
}

function takeFaults(plans: Plan[], request: RecordedRequest): Faults {
  const due = plans.filter((plan) => plan.left > 0 && matches(plan.when, request));
  for (const plan of due) plan.left -= 1;
  return Object.assign({}, ...due.map(({ faults }) => faults)) as Faults;
}

function matches(filter: RequestFilter, request: RecordedRequest): boolean {
  return filter instanceof RegExp ? filter.test(`${request.method} ${request.path}`) : filter(request);
}

/** Returns the 401 to an unauthorized request. */
function refuse(
  demand: AuthDemand | null,
  path: string,
  authorization: string | undefined,
  self: FaultUpstream,
): Reply | null {
  if (demand === null) return null;
  const [, repository = ''] = /^\/v2\/(.+)\/(?:manifests|blobs|referrers|tags)\//.exec(path) ?? [];
  const challenge = (value: string): Reply => reply(401, 'application/json', '{}', { 'www-authenticate': value });
  if (demand.scheme === 'basic') {
    return authorization === basic(demand.password, demand.username) ? null : challenge('Basic realm="upstream"');
  }
  const { issuer = self, realm = `${issuer.url}/token`, refusesTokens } = demand;
  if (!refusesTokens && issuer.tokens.isValid(authorization, repository)) return null;
  return challenge(`Bearer realm="${realm}",service="fault-upstream",scope="repository:${repository}:pull"`);
}
