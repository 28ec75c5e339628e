// Fetches one blob from an upstream: once for all concurrent readers, and to the end even when they have left.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { IncomingBlob } from '#lib/blobs/incoming-blob.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import { linkBlob } from '#lib/images/link-blob.sql.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { requestUpstream } from './request-upstream.ts';
import { announce } from '#lib/events/record-change.ts';
import { readContentRange, skipBytes } from '#lib/upstream/client/bodies/partial-content.ts';
import type { UpstreamResponse } from '#lib/upstream/client/upstream-client.ts';
import type { BlobFlight, UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

const MAX_RESUMES = 5;
const FIRST_PAUSE_MS = 100;

type App = { db: Db; pool: pg.Pool; intake: Intake; log: Log; upstream: UpstreamRuntime };

export type BlobWanted = {
  settings: UpstreamSettings;
  /** The repository's name at the upstream. */
  name: string;
  digest: Digest;
  /** From the manifest. Null when no stored manifest names the blob. */
  sizeBytes: number | null;
  /** The repository that the blob is linked to. */
  repositoryId: bigint;
};

/** Joins the running fetch of this blob or starts one. */
export function joinFlight(app: App, wanted: BlobWanted): BlobFlight {
  const key = `${wanted.repositoryId} ${wanted.digest}`;
  const { blobFlights } = app.upstream;
  const running = blobFlights.get(key);
  if (running) return running;
  const flight = startFlight(app, wanted, () => blobFlights.delete(key));
  blobFlights.set(key, flight);
  return flight;
}

function startFlight(app: App, wanted: BlobWanted, leave: () => void): BlobFlight {
  const started = begin(app, wanted);
  const ended = started
    .then(({ incoming, response }) => land(app, wanted, incoming, response))
    .catch((error: unknown) => {
      app.log.warn({ err: error, upstream: wanted.settings.host, digest: wanted.digest }, 'fetching a blob failed');
    })
    .finally(leave);
  return { open: async () => (await started).incoming.open(), ended };
}

/** Runs until the response headers, after which the size is known and readers can attach. */
async function begin(app: App, wanted: BlobWanted): Promise<{ incoming: IncomingBlob; response: UpstreamResponse }> {
  await app.upstream.requireWritable();
  const response = await request(app, wanted, 0);
  try {
    const sizeBytes = checkSize(wanted, response);
    return { incoming: await app.intake.receive({ digest: wanted.digest, scope: 'site', sizeBytes }), response };
  } catch (error) {
    response.body.destroy();
    throw error;
  }
}

async function request(app: App, { settings, name, digest }: BlobWanted, fromBytes: number): Promise<UpstreamResponse> {
  const response = await requestUpstream(app, settings, {
    method: 'GET',
    repository: name,
    path: `blobs/${digest}`,
    kind: 'blob',
    ...(fromBytes > 0 && { headers: { range: `bytes=${fromBytes}-` } }),
    signal: app.upstream.closing.signal,
  });
  // The body may fail before anybody reads it. Readers notice that it is destroyed.
  response.body.on('error', () => undefined);
  if (response.status === 200 || (response.status === 206 && fromBytes > 0)) return response;
  response.body.destroy();
  if (response.status === 404) throw new AppError('blob_not_found', 'The upstream has no such blob.');
  throw new AppError('upstream_invalid', `${settings.host} answered a blob request with ${response.status}.`);
}

/** Returns the size that clients are told. Fails before the first byte when manifest and upstream disagree. */
function checkSize({ settings, sizeBytes }: BlobWanted, { headers }: UpstreamResponse): number | null {
  const header = headers['content-length'];
  const announced = header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;
  if (announced !== null && sizeBytes !== null && announced !== sizeBytes) {
    throw new AppError('upstream_invalid', `${settings.host} announces ${announced} bytes for a blob of ${sizeBytes}.`);
  }
  return sizeBytes ?? announced;
}

async function land(app: App, wanted: BlobWanted, incoming: IncomingBlob, first: UpstreamResponse): Promise<void> {
  try {
    await receiveAll(app, wanted, incoming, first);
    const stored = await incoming.commit();
    await linkBlob(app, {
      repositoryId: wanted.repositoryId,
      digest: wanted.digest,
      stored,
      scope: 'site',
      lease: null,
    });
    await announce(app.db, { type: 'blob.cache', resource: { name: wanted.digest } });
  } catch (thrown) {
    const error = toUpstreamError(wanted, thrown);
    if (error !== thrown) {
      app.upstream.stats.count(wanted.settings.id, 'failures');
      app.upstream.stats.recordProblem(wanted.settings.id, error.message);
    }
    await incoming.fail(error);
    throw error;
  } finally {
    app.upstream.stats.count(wanted.settings.id, 'fetchedBytes', incoming.receivedBytes);
    await incoming.close();
  }
}

/** Resumes after a dropped connection, as long as each attempt makes progress. */
async function receiveAll(
  app: App,
  wanted: BlobWanted,
  incoming: IncomingBlob,
  first: UpstreamResponse,
): Promise<void> {
  let response = first;
  for (let resumes = 0; ; resumes += 1) {
    if ((await incoming.append(response.body)) === 'complete') return;
    const { signal } = app.upstream.closing;
    if (signal.aborted || resumes === MAX_RESUMES) throw brokeOff(wanted);
    await sleep(FIRST_PAUSE_MS * 2 ** resumes, undefined, { signal });
    response = await resume(app, wanted, incoming.receivedBytes);
  }
}

async function resume(app: App, wanted: BlobWanted, fromBytes: number): Promise<UpstreamResponse> {
  const response = await request(app, wanted, fromBytes);
  if (response.status === 206) {
    if (readContentRange(response.headers['content-range'])?.start === fromBytes) return response;
    response.body.destroy();
    throw new AppError('upstream_invalid', `${wanted.settings.host} resumed a blob at the wrong offset.`);
  }
  // The upstream restarts from the beginning. Readers already have the first part, and the final digest check covers
  // both.
  return { ...response, body: skipBytes(response.body, fromBytes) };
}

function brokeOff({ settings }: BlobWanted): AppError {
  return new AppError('upstream_unavailable', `The connection to ${settings.host} was lost repeatedly.`);
}

/** Attributes wrong bytes to the upstream instead of the client. */
function toUpstreamError({ settings }: BlobWanted, error: unknown): Error {
  if (isAppError(error) && (error.code === 'digest_mismatch' || error.code === 'size_mismatch')) {
    const message = `${settings.host} returned a blob that doesn't match its digest.`;
    return new AppError('upstream_invalid', message, { cause: error, detail: error.detail });
  }
  return error instanceof Error ? error : new AppError('internal', "The blob couldn't be fetched.", { cause: error });
}
