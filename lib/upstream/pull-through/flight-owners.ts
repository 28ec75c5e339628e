// Fetches each blob, manifest and list once for all processes of a machine. Each has an owner among the servers. The others ask it over
// the Unix socket that it listens on, and read a blob from it while the bytes arrive there.
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { formatReference, parseReference, type Reference } from '#lib/oci/reference.ts';
import { AppError, toAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { drain } from '#lib/platform/http/listen.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ProcessPart } from '#lib/platform/processes/messages.ts';
import type { FetchedMirror, MirroredRepository } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { CACHE_STATUSES, type CacheStatus } from '#lib/upstream/schema.ts';

export type OwnedBlob = { repository: Pick<MirroredRepository, 'id' | 'upstream'>; digest: Digest };
export type OwnedManifest = { repository: FetchedMirror; reference: Reference };

/** `key` as in cached-list.ts. */
export type OwnedList = { repository: FetchedMirror; key: string };
export type OwnedAnswer = { content: unknown; status: CacheStatus };

/** The outcome of a refresh. `warning` explains why a `STALE` copy is served. */
export type Freshness = { repositoryId: bigint; status: CacheStatus; warning: string | null };

export type FlightOwners = {
  /**
   * Opens a blob at its owner. Null: this process owns it, or the owner doesn't answer, so fetch it here.
   * @throws AppError as the owner does
   */
  open: (wanted: OwnedBlob) => Promise<OpenBlob | null>;
  /**
   * Lets the owner refresh a manifest. Null as for `open`.
   * @param key chooses the owner
   * @throws AppError as the owner does
   */
  refresh: (key: string, wanted: OwnedManifest) => Promise<Freshness | null>;
  /** Lets the owner refresh a list of tags or referrers. Null as for `open`. @throws AppError as the owner does */
  list: (key: string, wanted: OwnedList) => Promise<OwnedAnswer | null>;
  close: () => void;
};

/** What a server does for the other processes. */
export type FlightWork = {
  /** Opens a stored copy, or fetches the blob. */
  open: (wanted: OwnedBlob) => Promise<OpenBlob>;
  refresh: (wanted: OwnedManifest) => Promise<Freshness>;
  list: (wanted: OwnedList) => Promise<OwnedAnswer>;
};

/** How long an owner may be silent. While it waits for the upstream, it gives a sign of life every second. */
const SILENT_MS = 5_000;
const SIGN_OF_LIFE_MS = 1_000;
/** After an owner was silent, the others fetch without it for a while. */
const AVOIDED_MS = 30_000;
const SIZE = 'x-blob-size';
const FAILED_STATUS = 500;
const PATHS = { blob: '/blob', manifest: '/manifest', list: '/list' } as const;

const blobSchema = z.object({
  repository: z.coerce.bigint(),
  upstream: z.coerce.bigint(),
  name: z.string(),
  digest: z.string().refine(isDigest),
});
const rangeSchema = z.object({ start: z.coerce.number().int(), end: z.coerce.number().int() });
const mirrorSchema = z.object({
  id: z.coerce.bigint(),
  registryKey: z.coerce.bigint(),
  alias: z.string(),
  name: z.string(),
  fullName: z.string(),
  visibility: z.enum(['public', 'private']),
  upstreamId: z.coerce.bigint(),
  upstreamName: z.string(),
});
const manifestSchema = z.object({
  reference: z.string().transform((text, context) => {
    const reference = parseReference(text);
    if (!reference) context.addIssue('not a reference');
    return reference ?? z.NEVER;
  }),
});
const listSchema = z.object({ key: z.string() });
const listAnswerSchema = z.object({ content: z.unknown(), status: z.enum(CACHE_STATUSES) });
const freshnessSchema = z.object({
  repositoryId: z.coerce.bigint(),
  status: z.enum(CACHE_STATUSES),
  warning: z.string().nullable(),
});
const failureSchema = z.object({ code: z.string(), message: z.string(), retryAfterSeconds: z.number().optional() });

class SilentOwner extends Error {}

export function findFlightOwners(
  { serverSockets, ownSocket }: Pick<ProcessPart, 'serverSockets' | 'ownSocket'>,
  silentMs = SILENT_MS,
): FlightOwners {
  const agent = new Agent({ keepAlive: true });
  const avoidedUntilMs = new Map<string, number>();
  const ask = (socketPath: string, path: string) => send({ agent, socketPath, path, silentMs });
  /** Resolves to null if this process is the owner, or the owner ends or hangs. */
  const askOwner = async (key: string, path: string): Promise<{ owner: string; answer: IncomingMessage } | null> => {
    const owner = ownerOf(key);
    if (owner === null || performance.now() < (avoidedUntilMs.get(owner) ?? 0)) return null;
    try {
      return { owner, answer: await ask(owner, path) };
    } catch (error) {
      if (error instanceof SilentOwner) avoidedUntilMs.set(owner, performance.now() + AVOIDED_MS);
      return null;
    }
  };
  /** Null as for `askOwner`. */
  const askFor = async <Schema extends z.ZodType>(
    key: string,
    path: string,
    schema: Schema,
  ): Promise<z.output<Schema> | null> => {
    const asked = await askOwner(key, path);
    if (!asked) return null;
    const { answer } = asked;
    await requireDone(answer);
    const document = await readJson(answer, silentMs).catch(() => null);
    return document === null ? null : schema.parse(document);
  };
  /** Null: this process is the owner. */
  const ownerOf = (key: string): string | null => {
    const index = createHash('sha256').update(key).digest().readUInt32BE() % serverSockets.length;
    const socketPath = serverSockets[index] ?? ownSocket;
    return socketPath === ownSocket ? null : socketPath;
  };
  return {
    open: async (wanted) => {
      const asked = await askOwner(wanted.digest, toBlobPath(wanted));
      if (!asked) return null;
      const { owner, answer } = asked;
      await requireDone(answer);
      answer.resume();
      return readAtOwner(Number(answer.headers[SIZE]), (range) => ask(owner, toBlobPath(wanted, range)));
    },
    refresh: (key, wanted) => askFor(key, toManifestPath(wanted), freshnessSchema),
    list: (key, wanted) => askFor(key, toListPath(wanted), listAnswerSchema),
    close: () => agent.destroy(),
  };
}

function readAtOwner(sizeBytes: number, ask: (range: ByteRange) => Promise<IncomingMessage>): OpenBlob {
  return {
    sizeBytes,
    copyTo: async (destination, range) => {
      const answer = await ask(range ?? { start: 0, end: sizeBytes - 1 });
      await requireDone(answer);
      await pipeline(answer, destination, { end: false });
    },
    close: () => Promise.resolve(),
  };
}

/** Answers the other processes of this machine. Whoever may enter the socket's folder is trusted. */
export async function serveFlights(
  socketPath: string,
  work: FlightWork,
  log: Log,
): Promise<{ close: (options: { maxSeconds: number }) => Promise<void> }> {
  const server: Server = createServer((req, res) => {
    const signs = setInterval(() => {
      if (!res.headersSent) res.writeProcessing();
    }, SIGN_OF_LIFE_MS);
    answer(req, res, work)
      .catch((error: unknown) => {
        const { code, message, retryAfterSeconds } = toAppError(error);
        // The process that asked learns of the message only.
        if (code === 'internal') log.error({ err: error, url: req.url }, 'a fetch for another process failed');
        if (res.headersSent) return res.destroy();
        return res.writeHead(FAILED_STATUS).end(JSON.stringify({ code, message, retryAfterSeconds }));
      })
      .finally(() => clearInterval(signs));
  });
  server.keepAliveTimeout = 0;
  server.listen(socketPath);
  await once(server, 'listening');
  // The other processes drain too, and may be reading.
  return { close: ({ maxSeconds }) => drain(server, { delaySeconds: 0, maxSeconds }) };
}

async function answer(req: IncomingMessage, res: ServerResponse, work: FlightWork): Promise<void> {
  const { pathname, searchParams } = new URL(req.url ?? '', 'http://owner');
  const query = Object.fromEntries(searchParams);
  if (pathname === PATHS.blob) return answerBlob(query, res, work);
  const { upstreamId, upstreamName, ...named } = mirrorSchema.parse(query);
  const repository = { ...named, upstream: { upstreamId, name: upstreamName } };
  if (pathname === PATHS.list) {
    const answered = await work.list({ repository, key: listSchema.parse(query).key });
    return void res.end(JSON.stringify(answered));
  }
  const { reference } = manifestSchema.parse(query);
  const { repositoryId, ...freshness } = await work.refresh({ repository, reference });
  res.end(JSON.stringify({ ...freshness, repositoryId: String(repositoryId) }));
}

/** Without a range, answers the size alone. The fetch has begun, and goes on without readers. */
async function answerBlob(query: Record<string, string>, res: ServerResponse, { open }: FlightWork): Promise<void> {
  const { repository, upstream, name, digest } = blobSchema.parse(query);
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

function toBlobPath({ repository: { id, upstream }, digest }: OwnedBlob, range?: ByteRange): string {
  const query = { repository: String(id), upstream: String(upstream.upstreamId), name: upstream.name, digest };
  const part = range && { start: String(range.start), end: String(range.end) };
  return `${PATHS.blob}?${new URLSearchParams({ ...query, ...part }).toString()}`;
}

function toManifestPath({ repository, reference }: OwnedManifest): string {
  return `${PATHS.manifest}?${toQuery(repository, { reference: formatReference(reference) })}`;
}

function toListPath({ repository, key }: OwnedList): string {
  return `${PATHS.list}?${toQuery(repository, { key })}`;
}

function toQuery(repository: FetchedMirror, wanted: Record<string, string>): string {
  const { id, registryKey, alias, name, fullName, visibility, upstream } = repository;
  return new URLSearchParams({
    id: String(id),
    registryKey: String(registryKey),
    alias,
    name,
    fullName,
    visibility,
    upstreamId: String(upstream.upstreamId),
    upstreamName: upstream.name,
    ...wanted,
  }).toString();
}

type Question = { agent: Agent; socketPath: string; path: string; silentMs: number };

/** Resolves to the head of the answer. Rejects when the owner ends or is silent for too long. */
async function send({ agent, socketPath, path, silentMs }: Question): Promise<IncomingMessage> {
  const asked = request({ agent, socketPath, path });
  const timer = setTimeout(() => asked.destroy(new SilentOwner()), silentMs);
  asked.on('information', () => timer.refresh());
  try {
    return await new Promise((resolve, reject) => asked.on('response', resolve).on('error', reject).end());
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects when the owner ends or takes too long. */
async function readJson(answer: IncomingMessage, maxMs: number): Promise<unknown> {
  const timer = setTimeout(() => answer.destroy(new Error('the owner does not go on')), maxMs);
  try {
    return await json(answer);
  } finally {
    clearTimeout(timer);
  }
}

async function requireDone(given: IncomingMessage): Promise<void> {
  if (given.statusCode === 200) return;
  const { code, message, retryAfterSeconds } = failureSchema.parse(await json(given));
  throw new AppError(code as ErrorCode, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}
