// A real HTTP server that records webhook requests and answers as a test wants.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type ReceivedEvent = { path: string; headers: IncomingHttpHeaders; body: string };

export type WebhookReceiver = {
  url: string;
  port: number;
  /** Oldest first. */
  received: ReceivedEvent[];
  /** Answers from now on. Null: 204. */
  answerWith: (answer: ((req: IncomingMessage, res: ServerResponse) => void) | null) => void;
  /** The most requests at once. */
  peak: () => number;
  close: () => Promise<void>;
};

export async function startWebhookReceiver(port = 0): Promise<WebhookReceiver> {
  const received: ReceivedEvent[] = [];
  let answer: ((req: IncomingMessage, res: ServerResponse) => void) | null = null;
  let open = 0;
  let peak = 0;
  const server = createServer((req, res) => {
    open += 1;
    peak = Math.max(peak, open);
    res.once('close', () => (open -= 1));
    void text(req).then((body) => {
      received.push({ path: req.url ?? '', headers: req.headers, body });
      if (answer) answer(req, res);
      else res.writeHead(204).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    received,
    answerWith: (value) => (answer = value),
    peak: () => peak,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
