// Fetches a blob once for all processes of a machine. Each digest has an owner among the servers. The others read from it, over the
// Unix socket that it listens on, while the bytes arrive there.
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { digestHex, isDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError, toAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { drain } from '#lib/platform/http/listen.ts';
import type { ProcessPart } from '#lib/platform/processes/messages.ts';
import type { MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';

export type OwnedBlob = { repository: Pick<MirroredRepository, 'id' | 'upstream'>; digest: Digest };

export type FlightOwners = {
  /**
   * Opens a blob at its owner. Null: this process owns it, or the owner doesn't answer, so fetch it here.
   * @throws AppError as the owner does
   */
  open: (wanted: OwnedBlob) => Promise<OpenBlob | null>;
  close: () => void;
};

/** How long an owner may take to answer, which includes its request to the upstream. */
const ANSWER_MS = 5_000;
/** Characters of a digest that choose its owner. */
const CHOOSING_CHARACTERS = 8;
const SIZE = 'x-blob-size';
const FAILED_STATUS = 500;

const queryShape = { repository: z.coerce.bigint(), upstream: z.coerce.bigint(), name: z.string() };
const querySchema = z.object({ ...queryShape, digest: z.string().refine(isDigest) });
const rangeSchema = z.object({ start: z.coerce.number().int(), end: z.coerce.number().int() });
const failureSchema = z.object({ code: z.string(), message: z.string(), retryAfterSeconds: z.number().optional() });

export function findFlightOwners(
  { serverSockets, ownSocket }: Pick<ProcessPart, 'serverSockets' | 'ownSocket'>,
  answerMs = ANSWER_MS,
): FlightOwners {
  const agent = new Agent({ keepAlive: true });
  return {
    open: async (wanted) => {
      const index = Number.parseInt(digestHex(wanted.digest).slice(0, CHOOSING_CHARACTERS), 16) % serverSockets.length;
      const socketPath = serverSockets[index] ?? ownSocket;
      if (socketPath === ownSocket) return null;
      const ask = (query: URLSearchParams) => send({ agent, socketPath, query, answerMs });
      const answer = await ask(toQuery(wanted)).catch(() => null);
      if (!answer) return null;
      await requireOpened(answer);
      answer.resume();
      return readAtOwner(Number(answer.headers[SIZE]), (range) => ask(toQuery(wanted, range)));
    },
    close: () => agent.destroy(),
  };
}

function readAtOwner(sizeBytes: number, ask: (range: ByteRange) => Promise<IncomingMessage>): OpenBlob {
  return {
    sizeBytes,
    copyTo: async (destination, range) => {
      const answer = await ask(range ?? { start: 0, end: sizeBytes - 1 });
      await requireOpened(answer);
      await pipeline(answer, destination, { end: false });
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Lets the other processes of the machine read blobs that this one owns. Whoever may enter the socket's folder is trusted.
 * @param open opens a stored copy, or fetches the blob
 */
export async function serveFlights(
  socketPath: string,
  open: (wanted: OwnedBlob) => Promise<OpenBlob>,
): Promise<{ close: (options: { maxSeconds: number }) => Promise<void> }> {
  const server: Server = createServer((req, res) => {
    answer(req, res, open).catch((error: unknown) => {
      if (res.headersSent) return res.destroy();
      const { code, message, retryAfterSeconds } = toAppError(error);
      return res.writeHead(FAILED_STATUS).end(JSON.stringify({ code, message, retryAfterSeconds }));
    });
  });
  server.keepAliveTimeout = 0;
  server.listen(socketPath);
  await once(server, 'listening');
  // The other processes drain too, and may be reading.
  return { close: ({ maxSeconds }) => drain(server, { delaySeconds: 0, maxSeconds }) };
}

/** Without a range, answers the size alone. The fetch has begun, and goes on without readers. */
async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  open: (wanted: OwnedBlob) => Promise<OpenBlob>,
): Promise<void> {
  const query = Object.fromEntries(new URL(req.url ?? '', 'http://owner').searchParams);
  const { repository, upstream, name, digest } = querySchema.parse(query);
  const blob = await open({ repository: { id: repository, upstream: { upstreamId: upstream, name } }, digest });
  try {
    res.writeHead(200, { [SIZE]: blob.sizeBytes });
    const range = rangeSchema.safeParse(query);
    if (range.success && blob.sizeBytes > 0) {
      res.flushHeaders();
      await blob.copyTo(res, range.data);
    }
    res.end();
  } finally {
    await blob.close();
  }
}

function toQuery({ repository: { id, upstream }, digest }: OwnedBlob, range?: ByteRange): URLSearchParams {
  const query = { repository: String(id), upstream: String(upstream.upstreamId), name: upstream.name, digest };
  return new URLSearchParams({ ...query, ...(range && { start: String(range.start), end: String(range.end) }) });
}

type Question = { agent: Agent; socketPath: string; query: URLSearchParams; answerMs: number };

/** Resolves to the head of the answer. Rejects when it doesn't come in time. */
async function send({ agent, socketPath, query, answerMs }: Question): Promise<IncomingMessage> {
  const asked = request({ agent, socketPath, path: `/?${query.toString()}` });
  const timer = setTimeout(() => asked.destroy(new Error('the owner of the blob does not answer')), answerMs);
  try {
    return await new Promise((resolve, reject) => asked.on('response', resolve).on('error', reject).end());
  } finally {
    clearTimeout(timer);
  }
}

async function requireOpened(given: IncomingMessage): Promise<void> {
  if (given.statusCode === 200) return;
  const { code, message, retryAfterSeconds } = failureSchema.parse(await json(given));
  throw new AppError(code as ErrorCode, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}
