// A proxy in front of an S3 server that fails on purpose. It keeps the Host header, so signatures stay right.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  /** Answers with this status without forwarding. */
  | { kind: 'status'; status: number }
  /** Drops the connection without forwarding. */
  | { kind: 'reset' }
  /** Forwards the request, and drops the connection instead of answering. */
  | { kind: 'lose answer' }
  /** Drops the connection after this many bytes of the answer's body. */
  | { kind: 'cut'; afterBytes: number }
  /** Ends the answer after this many bytes as if it were whole. */
  | { kind: 'shorten'; afterBytes: number }
  | { kind: 'delay'; ms: number };

export type FaultProxy = {
  url: string;
  /** Chooses what happens to a request. Null: nothing. */
  fail: (choose: (req: IncomingMessage) => Fault | null) => void;
  heal: () => void;
  /** Number of faults since the last `fail`. */
  readonly faults: number;
  close: () => Promise<void>;
};

const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>';

export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  let choose: (req: IncomingMessage) => Fault | null = () => null;
  let faults = 0;
  const server = createServer((req, res) => {
    const fault = choose(req);
    if (fault) faults += 1;
    void handle(req, res, fault, targetPort);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (next) => {
      choose = next;
      faults = 0;
    },
    heal: () => {
      choose = () => null;
    },
    get faults() {
      return faults;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function handle(req: IncomingMessage, res: ServerResponse, fault: Fault | null, port: number): Promise<void> {
  if (fault?.kind === 'reset') return void req.socket.destroy();
  if (fault?.kind === 'status') {
    req.resume();
    res.writeHead(fault.status, { 'content-type': 'application/xml' });
    return void res.end(req.method === 'HEAD' ? undefined : SLOW_DOWN);
  }
  if (fault?.kind === 'delay') await sleep(fault.ms);
  const { method = 'GET', url: path = '', headers } = req;
  const ahead = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    if (fault?.kind === 'lose answer') {
      answer.resume();
      return void answer.on('end', () => req.socket.destroy());
    }
    forward(answer, res, fault);
  });
  ahead.on('error', () => res.destroy());
  res.on('close', () => ahead.destroy());
  req.pipe(ahead);
}

function forward(answer: IncomingMessage, res: ServerResponse, fault: Fault | null): void {
  const isLimited = fault?.kind === 'cut' || fault?.kind === 'shorten';
  const leftAtMost = isLimited ? fault.afterBytes : Infinity;
  const headers = { ...answer.headers };
  // Chunked, so that only a count of the bytes shows that some are missing.
  if (fault?.kind === 'shorten') delete headers['content-length'];
  res.writeHead(answer.statusCode ?? 502, headers);
  let sentBytes = 0;
  answer.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, Math.max(0, leftAtMost - sentBytes));
    sentBytes += part.length;
    res.write(part);
    if (sentBytes < leftAtMost) return;
    if (fault?.kind === 'cut') res.socket?.end(() => res.destroy());
    else res.end();
  });
  answer.on('end', () => res.end()).on('error', () => res.destroy());
}
