// The S3 calls that the store uses, with their errors translated.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { S3Config } from './s3-config.ts';
import { isConditionFailed, isMissing, statusOf, toBucketError } from './s3-errors.ts';

const CONTENT_TYPE = 'application/octet-stream';

/** `etag` changes with the bytes. It is not a digest of them. */
export type ObjectStat = { sizeBytes: number; etag: string };
export type Multipart = { key: string; uploadId: string };
export type UploadedPart = { number: number; etag: string; sizeBytes: number };

type Settings = Pick<S3Config, 'bucket' | 'prefix' | 'encryption'>;

export class Bucket {
  readonly #client: S3Client;
  readonly name: string;
  readonly #prefix: string;
  readonly #encryption: { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string };

  constructor(client: S3Client, { bucket, prefix, encryption }: Settings) {
    this.#client = client;
    this.name = bucket;
    this.#prefix = prefix;
    this.#encryption = {
      ...(encryption && { ServerSideEncryption: encryption.algorithm }),
      ...(encryption?.kmsKeyId && { SSEKMSKeyId: encryption.kmsKeyId }),
    };
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.name, Key: this.#prefix + key };
  }

  /** Names an object for the client of another endpoint. */
  toLocation(key: string): { bucket: string; key: string } {
    return { bucket: this.name, key: this.#prefix + key };
  }

  /** @throws AppError `unavailable` with a message for the operator, when the bucket can't be listed */
  async requireBucket(): Promise<void> {
    try {
      await this.#client.send(new ListObjectsV2Command({ Bucket: this.name, Prefix: this.#prefix, MaxKeys: 1 }));
    } catch (cause) {
      const { name, message } = cause as Error;
      const sentence = `The bucket ${this.name} can't be used (${name}: ${message}).`;
      const next = 'Check S3_ENDPOINT, S3_BUCKET, S3_REGION, and the credentials and their rights.';
      throw new AppError('unavailable', `${sentence} ${next}`, { cause });
    }
  }

  /** `isOnce`: keeps an existing object. Resolves to the ETag, or to null if one was kept. */
  async put(key: string, bytes: Buffer, { isOnce = false } = {}): Promise<string | null> {
    const command = new PutObjectCommand({
      ...this.#at(key),
      ...this.#encryption,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: CONTENT_TYPE,
      ...(isOnce && { IfNoneMatch: '*' }),
    });
    try {
      return toETag((await this.#client.send(command)).ETag);
    } catch (error) {
      if (isOnce && isConditionFailed(error)) return null;
      throw toBucketError(error);
    }
  }

  /** Resolves to null when the object doesn't exist. */
  async head(key: string): Promise<ObjectStat | null> {
    try {
      const { ContentLength, ETag } = await this.#client.send(new HeadObjectCommand(this.#at(key)));
      return { sizeBytes: ContentLength ?? 0, etag: toETag(ETag) };
    } catch (error) {
      if (isMissing(error)) return null;
      throw toBucketError(error);
    }
  }

  /**
   * Reads an object, or part of it. With `etag`, only in that version. Resolves to null when that doesn't exist. The
   * stream may end early or fail.
   */
  async read(
    key: string,
    { range, etag, signal }: { range?: ByteRange; etag?: string; signal?: AbortSignal } = {},
  ): Promise<Readable | null> {
    const command = new GetObjectCommand({
      ...this.#at(key),
      ...(range && { Range: `bytes=${range.start}-${range.end}` }),
      ...(etag && { IfMatch: `"${etag}"` }),
    });
    try {
      const { Body } = await this.#client.send(command, signal ? { abortSignal: signal } : {});
      // In Node, the body is a stream of the response.
      return (Body as Readable | undefined) ?? null;
    } catch (error) {
      if (isMissing(error) || isConditionFailed(error)) return null;
      throw toBucketError(error);
    }
  }

  /** Deleting a missing object succeeds. */
  async delete(key: string): Promise<void> {
    await translated(this.#client.send(new DeleteObjectCommand(this.#at(key))));
  }

  async startMultipart(key: string): Promise<Multipart> {
    const at = this.#at(key);
    const command = new CreateMultipartUploadCommand({ ...at, ...this.#encryption, ContentType: CONTENT_TYPE });
    const { UploadId } = await translated(this.#client.send(command));
    return { key, uploadId: UploadId ?? '' };
  }

  /** @throws AppError `upload_not_found` when the parts were joined or aborted */
  uploadPart(multipart: Multipart, number: number, bytes: Buffer): Promise<UploadedPart> {
    return translated(this.#uploadPart(multipart, number, bytes));
  }

  async #uploadPart({ key, uploadId }: Multipart, number: number, bytes: Buffer): Promise<UploadedPart> {
    const command = new UploadPartCommand({
      ...this.#at(key),
      UploadId: uploadId,
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.length,
    });
    try {
      const { ETag } = await this.#client.send(command);
      return { number, etag: toETag(ETag), sizeBytes: bytes.length };
    } catch (error) {
      // A server that refuses a part before reading it may close the connection, and its answer is lost.
      if (statusOf(error) === null) await this.#requireMultipart({ key, uploadId });
      throw error;
    }
  }

  /** Rejects with the server's answer if the parts were joined or aborted. Resolves if that can't be found out. */
  async #requireMultipart({ key, uploadId }: Multipart): Promise<void> {
    try {
      await this.#client.send(new ListPartsCommand({ ...this.#at(key), UploadId: uploadId, MaxParts: 1 }));
    } catch (error) {
      if (isMissing(error)) throw error;
    }
  }

  /**
   * Joins the parts to an object, after sending the last bytes. Succeeds if an earlier try has, although its answer was
   * lost. @throws AppError `upload_not_found` if an earlier try joined other bytes
   */
  async complete(
    multipart: Multipart,
    parts: UploadedPart[],
    last: { number: number; bytes: Buffer },
  ): Promise<ObjectStat> {
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, last.bytes.length);
    try {
      const end = last.bytes.length > 0 ? [await this.#uploadPart(multipart, last.number, last.bytes)] : [];
      return { sizeBytes, etag: await this.#join(multipart, [...parts, ...end]) };
    } catch (error) {
      const stored = isMissing(error) ? await this.head(multipart.key) : null;
      if (stored?.sizeBytes === sizeBytes) return stored;
      throw toBucketError(error);
    }
  }

  async #join({ key, uploadId }: Multipart, parts: UploadedPart[]): Promise<string> {
    const command = new CompleteMultipartUploadCommand({
      ...this.#at(key),
      UploadId: uploadId,
      MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` })) },
    });
    return toETag((await this.#client.send(command)).ETag);
  }

  /** Aborting a missing upload succeeds. */
  async abort({ key, uploadId }: Multipart): Promise<void> {
    try {
      await this.#client.send(new AbortMultipartUploadCommand({ ...this.#at(key), UploadId: uploadId }));
    } catch (error) {
      if (!isMissing(error)) throw toBucketError(error);
    }
  }

  /** Lists unfinished multipart uploads below a folder. */
  async *listMultiparts(folder: string): AsyncIterable<Multipart & { startedAt: Date }> {
    let marker = {};
    for (;;) {
      const Prefix = this.#prefix + folder;
      const command = new ListMultipartUploadsCommand({ Bucket: this.name, Prefix, ...marker });
      const page: ListMultipartUploadsCommandOutput = await translated(this.#client.send(command));
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key === undefined || UploadId === undefined) continue;
        yield { key: Key.slice(this.#prefix.length), uploadId: UploadId, startedAt: Initiated ?? new Date() };
      }
      if (!page.IsTruncated) return;
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }

  async hasObjects(folder: string): Promise<boolean> {
    const command = new ListObjectsV2Command({ Bucket: this.name, Prefix: this.#prefix + folder, MaxKeys: 1 });
    return ((await translated(this.#client.send(command))).Contents ?? []).length > 0;
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Servers differ in whether they quote it. */
function toETag(text: string | undefined): string {
  return (text ?? '').replaceAll('"', '');
}

async function translated<Result>(sending: Promise<Result>): Promise<Result> {
  try {
    return await sending;
  } catch (error) {
    throw toBucketError(error);
  }
}
