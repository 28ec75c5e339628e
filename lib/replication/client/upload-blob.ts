import { PassThrough, Transform, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { invalidUpstream } from '#lib/upstream/client/upstream-errors.ts';
import { readOciError, type RegistryClient, type RegistryResponse } from './registry-client.ts';

/** Registries often sit behind proxies that limit the size of a request. */
const CHUNK_BYTES = 32 * 1024 ** 2;
const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 500;

export type BlobUpload = {
  client: RegistryClient;
  digest: string;
  /** A repository of the same registry that may have the blob. */
  mountFrom: string | null;
  /** Where an earlier attempt left off. */
  resumeAt: string | null;
  open: () => Promise<OpenBlob>;
  /** Remembers the upload's address for the next attempt. */
  onProgress: (url: URL) => Promise<void>;
  maxBytesPerSecond: number | null;
};

/**
 * Uploads a blob that the registry lacks in chunks. After a broken connection it asks how much has arrived, and goes on from
 * there.
 * @throws AppError as RegistryClient.send
 */
export async function uploadBlob(upload: BlobUpload): Promise<void> {
  const { client, digest } = upload;
  if ((await client.send({ method: 'HEAD', path: `blobs/${digest}` })).status === 200) return;
  let position = upload.resumeAt === null ? null : await findPosition(client, client.uploadUrl(upload.resumeAt));
  for (let tries = 1; ; tries += 1) {
    position ??= await startUpload(upload);
    if (position === null) return;
    try {
      await sendRest(upload, position);
      return;
    } catch (error) {
      const isBroken = isAppError(error) && error.code === 'upstream_unavailable';
      if (!isBroken || tries === MAX_TRIES) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2));
      position = await findPosition(client, position.url);
    }
  }
}

type Position = { url: URL; bytes: number };

/** Null: the blob has been mounted. */
async function startUpload({ client, digest, mountFrom, onProgress }: BlobUpload): Promise<Position | null> {
  const query = mountFrom === null ? '' : `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(mountFrom)}`;
  const response = await client.send({ method: 'POST', path: `blobs/uploads/${query}` });
  if (response.status === 201) return null;
  if (response.status !== 202) throw unexpected('start an upload', response);
  const url = client.uploadUrl(response.headers.location);
  await onProgress(url);
  return { url, bytes: 0 };
}

/** Null: the registry no longer knows the upload. */
async function findPosition(client: RegistryClient, url: URL): Promise<Position | null> {
  const response = await client.send({ method: 'GET', path: url });
  if (response.status !== 204) return null;
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(response.headers.range ?? '')?.[1];
  // An empty upload answers 0-0, as one of one byte does. The end of the upload tells them apart.
  const bytes = last === undefined || last === '0' ? 0 : Number(last) + 1;
  if (bytes === 0) return null;
  return { url: response.headers.location ? client.uploadUrl(response.headers.location) : url, bytes };
}

async function sendRest(upload: BlobUpload, position: Position): Promise<void> {
  const { client, digest, onProgress } = upload;
  const blob = await upload.open();
  try {
    let { url, bytes } = position;
    while (bytes < blob.sizeBytes) {
      const end = Math.min(blob.sizeBytes, bytes + CHUNK_BYTES);
      const range = { start: bytes, end: end - 1 };
      const response = await client.send({
        method: 'PATCH',
        path: url,
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `${range.start}-${range.end}`,
          'content-length': end - bytes,
        },
        body: () => readRange(blob, range, upload.maxBytesPerSecond),
      });
      if (response.status !== 202) throw unexpected('send a blob', response);
      url = client.uploadUrl(response.headers.location);
      bytes = end;
      await onProgress(url);
    }
    url.searchParams.set('digest', digest);
    const response = await client.send({ method: 'PUT', path: url });
    if (response.status !== 201) throw unexpected('finish a blob', response);
  } finally {
    await blob.close();
  }
}

function readRange(blob: OpenBlob, range: { start: number; end: number }, maxBytesPerSecond: number | null): Readable {
  const bytes = new PassThrough();
  blob.copyTo(bytes, range).then(
    () => bytes.end(),
    (error: unknown) => bytes.destroy(error as Error),
  );
  if (maxBytesPerSecond === null) return bytes;
  const throttle = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      setTimeout(() => done(null, chunk), (chunk.length / maxBytesPerSecond) * 1000);
    },
  });
  bytes.on('error', (error) => throttle.destroy(error));
  throttle.on('close', () => bytes.destroy());
  return bytes.pipe(throttle);
}

function unexpected(what: string, response: RegistryResponse) {
  const error = readOciError(response);
  const why = error ? `${error.code}: ${error.message}` : `status ${response.status}`;
  return invalidUpstream(`The registry refused to ${what} (${why}).`);
}
