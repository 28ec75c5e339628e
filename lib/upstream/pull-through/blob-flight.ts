// One blob on its way from an upstream: fetched once however many ask, and to its end though nobody waits any more.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { BlobIntake, BlobStore } from '#lib/blobs/blob-store.ts';
import { linkBlob } from '#lib/images/link-blob.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { askUpstream } from './ask-upstream.ts';
import { announce } from '#lib/events/record-change.ts';
import { readContentRange, skipBytes } from '#lib/upstream/client/bodies/partial-content.ts';
import type { UpstreamResponse } from '#lib/upstream/client/upstream-client.ts';
import type { BlobFlight, UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

const MAX_RESUMES = 5;
const FIRST_PAUSE_MS = 100;

type App = { db: Db; pool: pg.Pool; blobs: BlobStore; log: Log; upstream: UpstreamRuntime };

export type BlobWanted = {
  settings: UpstreamSettings;
  /** Of the upstream's repository. */
  name: string;
  digest: Digest;
  /** What the manifest says; null where no manifest that is here names it. */
  sizeBytes: number | null;
  /** The repository that it becomes readable through. */
  repositoryId: bigint;
};

/** Joins the flight of this blob, or starts it. */
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
    .then(({ intake, response }) => land(app, wanted, intake, response))
    .catch((error: unknown) => {
      app.log.warn(
        { err: error, upstream: wanted.settings.host, digest: wanted.digest },
        'a blob could not be fetched',
      );
    })
    .finally(leave);
  return { open: async () => (await started).intake.open(), ended };
}

/** Up to the first byte: from here on its size is known, and others can read along. */
async function begin(app: App, wanted: BlobWanted): Promise<{ intake: BlobIntake; response: UpstreamResponse }> {
  const response = await request(app, wanted, 0);
  try {
    const sizeBytes = checkSize(wanted, response);
    return { intake: await app.blobs.startIntake(wanted.digest, sizeBytes), response };
  } catch (error) {
    response.body.destroy();
    throw error;
  }
}

async function request(app: App, { settings, name, digest }: BlobWanted, fromBytes: number): Promise<UpstreamResponse> {
  const response = await askUpstream(app, settings, {
    method: 'GET',
    repository: name,
    path: `blobs/${digest}`,
    kind: 'blob',
    ...(fromBytes > 0 && { headers: { range: `bytes=${fromBytes}-` } }),
    signal: app.upstream.closing.signal,
  });
  // It may break off before anybody reads it: whoever does sees that it is destroyed.
  response.body.on('error', () => undefined);
  if (response.status === 200 || (response.status === 206 && fromBytes > 0)) return response;
  response.body.destroy();
  if (response.status === 404) throw new AppError('blob_not_found', 'The upstream has no such blob.');
  throw new AppError('upstream_invalid', `${settings.host} answered a request for a blob with ${response.status}.`);
}

/** The size that clients are told. Where manifest and upstream differ, one of them is wrong: nobody gets a byte. */
function checkSize({ settings, sizeBytes }: BlobWanted, { headers }: UpstreamResponse): number | null {
  const header = headers['content-length'];
  const announced = header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;
  if (announced !== null && sizeBytes !== null && announced !== sizeBytes) {
    throw new AppError('upstream_invalid', `${settings.host} announces ${announced} bytes for a blob of ${sizeBytes}.`);
  }
  return sizeBytes ?? announced;
}

async function land(app: App, wanted: BlobWanted, intake: BlobIntake, first: UpstreamResponse): Promise<void> {
  try {
    await receiveAll(app, wanted, intake, first);
    const stored = await intake.commit();
    await linkBlob(app, { repositoryId: wanted.repositoryId, digest: wanted.digest, stored, lease: null });
    await announce(app.db, { type: 'blob.cache', resource: { name: wanted.digest } });
  } catch (thrown) {
    const error = toUpstreamError(wanted, thrown);
    if (error !== thrown) {
      app.upstream.stats.count(wanted.settings.id, 'failures');
      app.upstream.stats.noteProblem(wanted.settings.id, error.message);
    }
    await intake.fail(error);
    throw error;
  } finally {
    app.upstream.stats.count(wanted.settings.id, 'fetchedBytes', intake.receivedBytes);
    await intake.close();
  }
}

/** Goes on where a connection broke off, as long as something comes of it. */
async function receiveAll(app: App, wanted: BlobWanted, intake: BlobIntake, first: UpstreamResponse): Promise<void> {
  let response = first;
  for (let resumes = 0; ; resumes += 1) {
    if ((await intake.append(response.body)) === 'complete') return;
    const { signal } = app.upstream.closing;
    if (signal.aborted || resumes === MAX_RESUMES) throw brokeOff(wanted);
    await sleep(FIRST_PAUSE_MS * 2 ** resumes, undefined, { signal });
    response = await resume(app, wanted, intake.receivedBytes);
  }
}

async function resume(app: App, wanted: BlobWanted, fromBytes: number): Promise<UpstreamResponse> {
  const response = await request(app, wanted, fromBytes);
  if (response.status === 206) {
    if (readContentRange(response.headers['content-range'])?.start === fromBytes) return response;
    response.body.destroy();
    throw new AppError('upstream_invalid', `${wanted.settings.host} went on with a blob at another place than asked.`);
  }
  // From the beginning again. Readers have the first part: the digest tells at the end whether it was the same.
  return { ...response, body: skipBytes(response.body, fromBytes) };
}

function brokeOff({ settings }: BlobWanted): AppError {
  return new AppError('upstream_unavailable', `The connection to ${settings.host} broke off again and again.`);
}

/** What is wrong with the bytes is the upstream's doing, not the client's. */
function toUpstreamError({ settings }: BlobWanted, error: unknown): Error {
  if (isAppError(error) && (error.code === 'digest_mismatch' || error.code === 'size_mismatch')) {
    const message = `${settings.host} gave a blob whose bytes are not what its digest says.`;
    return new AppError('upstream_invalid', message, { cause: error, detail: error.detail });
  }
  return error instanceof Error ? error : new AppError('internal', 'A blob could not be fetched.', { cause: error });
}
