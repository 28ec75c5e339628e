// Chunked uploads. After the server was killed, the client asks how much it holds, resumes there, and must end up with
// a blob of exactly its bytes.
import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { sha256, sha512, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';

const MAX_CHUNKS = 6;

type Upload = {
  repository: string;
  location: string;
  bytes: Buffer;
  /** What the server has acknowledged. */
  acknowledgedBytes: number;
  /** The final request was sent, so the upload may have become a blob and be unknown as an upload. */
  isFinishing: boolean;
};

export class ChunkedUploads {
  readonly tally = { chunks: 0, resumed: 0, begunAnew: 0 };
  readonly #graceMs: number;
  readonly #open = new Set<Upload>();
  #watchers: (() => void)[] = [];

  /** `graceMs` is how long garbage collection keeps a blob without a manifest. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Resolves when the next chunk has been acknowledged and more are about to be sent. */
  halfWay(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Returns the last response. When `send` throws, the upload stays open for `resumeAll`. */
  async push(send: RawClient['send'], repository: string, bytes: Buffer): Promise<Answer> {
    const begun = await send('POST', `/v2/${repository}/blobs/uploads/`);
    expectUploadStatus(begun, 202);
    const location = begun.headers.location ?? '';
    const upload: Upload = { repository, location, bytes, acknowledgedBytes: 0, isFinishing: false };
    this.#open.add(upload);
    const cuts = Array.from({ length: randomInt(1, MAX_CHUNKS) }, () => randomInt(bytes.length + 1));
    for (const end of cuts.sort((a, b) => a - b)) {
      if (end === upload.acknowledgedBytes) continue;
      const body = bytes.subarray(upload.acknowledgedBytes, end);
      const answer = await send('PATCH', location, { body });
      expectUploadStatus(answer, 202);
      expectRange(answer, end);
      upload.acknowledgedBytes = end;
      this.tally.chunks += 1;
      if (end < bytes.length) await this.#tellHalfWay();
    }
    upload.isFinishing = true;
    const rest = bytes.subarray(upload.acknowledgedBytes);
    const answer = await send('PUT', `${location}?digest=${sha256(bytes)}`, { body: rest });
    this.#open.delete(upload);
    return answer;
  }

  /** Gives waiters a turn before the next chunk. */
  async #tellHalfWay(): Promise<void> {
    const watchers = this.#watchers.splice(0);
    for (const notify of watchers) notify();
    if (watchers.length > 0) await setImmediate();
  }

  /** Runs after a restart. Rejects when acknowledged bytes are lost or the blob differs. */
  async resumeAll(client: RawClient): Promise<void> {
    for (const upload of this.#open) {
      const heldBytes = await readHeldBytes(client, upload);
      const sentAt = Date.now();
      const digest = heldBytes === null ? await beginAnew(client, upload) : await resume(client, upload, heldBytes);
      this.tally[heldBytes === null ? 'begunAnew' : 'resumed'] += 1;
      const { status, body } = await client.send('GET', `/v2/${upload.repository}/blobs/${digest}`);
      const isCollected = status === 404 && Date.now() - sentAt > this.#graceMs;
      if (!isCollected && !(status === 200 && body.equals(upload.bytes))) {
        throw new Error(`${digest} differs from the pushed chunks (status ${status})`);
      }
    }
    this.#open.clear();
  }
}

/** Null when the upload can't be resumed, but nothing was lost either. */
async function readHeldBytes(client: RawClient, upload: Upload): Promise<number | null> {
  const { acknowledgedBytes, bytes, isFinishing } = upload;
  const answer = await client.send('GET', upload.location);
  if (answer.status === 404) {
    if (!answer.codes.includes('BLOB_UPLOAD_UNKNOWN')) throw new Error(`unexpected 404: ${answer.codes.join()}`);
    // A crash of the database may lose an upload that has no bytes yet (ADR 24).
    if (!isFinishing && acknowledgedBytes > 0) {
      throw new Error(`lost an open upload with ${acknowledgedBytes} acknowledged bytes`);
    }
    return null;
  }
  expectUploadStatus(answer, 204);
  // `0-0` means one byte or none.
  if (acknowledgedBytes === 0 && answer.headers.range === '0-0') return null;
  const heldBytes = Number(/^0-(\d+)$/.exec(answer.headers.range ?? '')?.[1]) + 1;
  if (heldBytes >= acknowledgedBytes && heldBytes <= bytes.length) return heldBytes;
  throw new Error(`${acknowledgedBytes} of ${bytes.length} bytes were acknowledged, but the server holds ${heldBytes}`);
}

async function resume(client: RawClient, { location, bytes }: Upload, heldBytes: number): Promise<string> {
  const end = heldBytes + Math.ceil((bytes.length - heldBytes) / 2);
  if (end > heldBytes) {
    const headers = { 'content-range': `${heldBytes}-${end - 1}` };
    const answer = await client.send('PATCH', location, { headers, body: bytes.subarray(heldBytes, end) });
    expectUploadStatus(answer, 202);
    expectRange(answer, end);
  }
  const digest = randomInt(2) === 0 ? sha256(bytes) : sha512(bytes);
  expectUploadStatus(await client.send('PUT', `${location}?digest=${digest}`, { body: bytes.subarray(end) }), 201);
  return digest;
}

async function beginAnew(client: RawClient, { repository, bytes }: Upload): Promise<string> {
  const digest = sha256(bytes);
  const location = await client.startUpload(repository);
  expectUploadStatus(await client.send('PUT', `${location}?digest=${digest}`, { body: bytes }), 201);
  return digest;
}

function expectRange({ headers }: Answer, heldBytes: number): void {
  const wanted = `0-${Math.max(0, heldBytes - 1)}`;
  if (headers.range !== wanted)
    throw new Error(`a chunk was acknowledged with Range ${headers.range} instead of ${wanted}`);
}

export function expectUploadStatus({ status, body }: Answer, wanted: number): void {
  if (status !== wanted) throw new Error(`got ${status} instead of ${wanted}: ${body.toString()}`);
}
