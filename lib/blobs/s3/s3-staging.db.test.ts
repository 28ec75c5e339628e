// Uploads of several parts, which the contract's small files don't have.
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keyOf, sha256Of, streamOf } from '#lib/blobs/blob-store.contract.ts';
import { openBytes, type BlobStore } from '#lib/blobs/blob-store.ts';
import { Intake } from '#lib/blobs/intake.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { MemoryStaging } from '#lib/blobs/memory/memory-staging.ts';
import { createKeys } from '#lib/blobs/sealed/seal-composition.contract.ts';
import { sealStorage } from '#lib/blobs/sealed/seal-storage.ts';
import type { SealingKeys } from '#lib/blobs/sealed/sealing-keys.ts';
import type { StagedFile, StagedWriter as Writer, StagingArea } from '#lib/blobs/staging-area.ts';
import { startFaultProxy } from '#lib/testing/s3/fault-proxy.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { Bucket } from './bucket.ts';
import { ByteBudget } from './byte-budget.ts';
import { S3Staging } from './s3-staging.ts';
import { useS3, type OpenedS3, type TestS3 } from '#lib/testing/s3/use-s3.ts';

const MIB = 1024 * 1024;
const ANYWHERE = { offsetBytes: null, expectedBytes: null };
const { absent } = await findS3Server();
const title = absent ? `multipart uploads (skipped: ${absent})` : 'multipart uploads';

describe.skipIf(absent !== null)(title, () => {
  let s3: TestS3;
  let one: OpenedS3;
  let two: OpenedS3;
  beforeAll(async () => {
    s3 = await useS3();
  });
  beforeEach(async () => {
    one = await s3.open();
    two = await s3.openAgain(one.config);
  });
  afterEach(async () => {
    await two.close();
    await one.close();
  });
  afterAll(() => s3.close());

  const intakeOf = ({ store, staging, volume }: OpenedS3) => new Intake({ store, staging, room: volume });

  async function append(file: StagedFile, bytes: Buffer): Promise<void> {
    const hash = createHash('sha256');
    await file.append(streamOf(bytes), { offsetBytes: file.stat().sizeBytes, limitBytes: Infinity, hash });
  }

  type Sealed = { store: BlobStore; staging: StagingArea; intake: Intake };
  const seal = (keys: SealingKeys) => (opened: OpenedS3) => {
    const { store, staging } = sealStorage(opened, { ...keys, isSealing: true });
    return { store, staging, intake: new Intake({ store, staging, room: opened.volume }) };
  };

  async function readAll({ store }: { store: BlobStore }, bytes: Buffer): Promise<Buffer | null> {
    const blob = await openBytes(store, keyOf(bytes));
    return blob && readBlob(blob, 64 * MIB);
  }

  async function countMultiparts(): Promise<number> {
    const command = new ListMultipartUploadsCommand({ Bucket: one.config.bucket, Prefix: one.config.prefix });
    return ((await s3.client.send(command)).Uploads ?? []).length;
  }

  test('a takeover continues with the parts that a dead writer sent, and refuses that writer', async () => {
    const bytes = randomBytes(40 * MIB);
    const id = randomUUID();
    await one.staging.create(id);
    const dead = await one.staging.open({ id, fence: 1n });
    await append(dead, bytes.subarray(0, 20 * MIB));
    // The dead writer saved two parts of 8 MiB, but not what it held in memory.
    expect(await two.staging.readSize(id)).toBe(16 * MIB);
    const intake = intakeOf(two);
    const next = { id: randomUUID(), fence: 2n };
    await intake.takeOver(id, next.id);
    expect(await intake.readSize(next.id)).toBe(16 * MIB);
    expect(await intake.readSize(id)).toBeNull();
    const late = append(dead, randomBytes(20 * MIB)).then(() => dead.close());
    await expect(late).rejects.toMatchObject({ code: 'range_invalid' });
    await dead.close().catch(() => undefined);
    await intake.append(next, streamOf(bytes.subarray(16 * MIB)), { offsetBytes: 16 * MIB, expectedBytes: 24 * MIB });
    expect(await intake.finish(next, { digest: sha256Of(bytes), scope: 'site' })).toMatchObject({
      sizeBytes: bytes.length,
    });
    expect((await readAll(one, bytes))?.equals(bytes)).toBe(true);
    await intake.discard(id);
    expect((await readAll(one, bytes))?.equals(bytes)).toBe(true);
    expect(await countMultiparts()).toBe(0);
  });

  test.each([
    ['from where it broke off', 40 * MIB],
    ['without further bytes', 20 * MIB],
  ])('a sealed upload whose writers died is continued %s', async (_, sentBytes) => {
    const [first, second, third] = [one, two, two].map(seal(createKeys())) as [Sealed, Sealed, Sealed];
    const bytes = randomBytes(sentBytes);
    const ids = [randomUUID(), randomUUID(), randomUUID()] as const;
    await first.staging.create(ids[0]);
    await append(await first.staging.open({ id: ids[0], fence: 1n }), bytes.subarray(0, 20 * MIB));
    await second.intake.takeOver(ids[0], ids[1]);
    const keptBytes = (await second.intake.readSize(ids[1])) ?? 0;
    expect(keptBytes).toBeGreaterThanOrEqual(16 * MIB);
    // The next one dies too, as soon as it has sent a part.
    const dying = await second.staging.open({ id: ids[1], fence: 2n });
    expect(dying.stat().sizeBytes).toBe(keptBytes);
    await append(dying, bytes.subarray(keptBytes, 30 * MIB));
    const { intake } = third;
    await intake.takeOver(ids[1], ids[2]);
    const end = (await intake.readSize(ids[2])) ?? 0;
    expect(end).toBeGreaterThanOrEqual(sentBytes > 30 * MIB ? 24 * MIB : 16 * MIB);
    const whole = sentBytes > 30 * MIB ? bytes : bytes.subarray(0, end);
    const last = { source: streamOf(whole.subarray(end)), options: { offsetBytes: end, expectedBytes: null } };
    await intake.finish({ id: ids[2], fence: 3n }, { digest: sha256Of(whole), scope: 'site', last });
    expect((await readAll(first, whole))?.equals(whole)).toBe(true);
  });

  test('only the latest of two sessions with the same fence may write', async () => {
    const id = randomUUID();
    await one.staging.create(id);
    const slow = await one.staging.open({ id, fence: 1n });
    await append(slow, Buffer.from('slow'));
    const quick = await two.staging.open({ id, fence: 1n });
    await append(quick, Buffer.from('quick'));
    await quick.close();
    await expect(slow.close()).rejects.toMatchObject({ code: 'range_invalid' });
    expect(await one.staging.readSize(id)).toBe(5);
  });

  test('a save that S3 executes late changes nothing, and former saves are removed', async () => {
    const { bucket: Bucket, prefix: Prefix } = one.config;
    const bytes = randomBytes(3000);
    const intake = intakeOf(one);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    await intake.append(writer, streamOf(bytes.subarray(0, 1000)), ANYWHERE);
    const listed = await s3.client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const [former, ...others] = listed.Contents ?? [];
    expect(others).toEqual([]);
    await intake.append(writer, streamOf(bytes.subarray(1000, 2000)), ANYWHERE);
    const last = { source: streamOf(bytes.subarray(2000)), options: ANYWHERE };
    await intake.finish(writer, { digest: sha256Of(bytes), scope: 'site', last });
    const late = { Bucket, Key: former?.Key, Body: bytes.subarray(0, 1000) };
    await s3.client.send(new PutObjectCommand(late));
    expect((await readAll(two, bytes))?.equals(bytes)).toBe(true);
    for await (const { id } of two.staging.listStale(new Date(Date.now() + 60_000))) await two.staging.discard(id);
    const left = await s3.client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    expect(left.Contents?.length).toBe(1);
    expect((await readAll(two, bytes))?.equals(bytes)).toBe(true);
  });

  test('an object whose upload never named it is removed', async () => {
    const { bucket: Bucket, prefix: Prefix } = one.config;
    const id = randomUUID();
    await one.staging.create(id);
    const slow = await one.staging.open({ id, fence: 1n });
    await append(slow, Buffer.from('slow'));
    await (await two.staging.open({ id, fence: 2n })).close();
    await expect(slow.close()).rejects.toMatchObject({ code: 'range_invalid' });
    const list = async () => (await s3.client.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? [];
    expect((await list()).length).toBe(1);
    for await (const stale of two.staging.listStale(new Date(Date.now() + 60_000))) await two.staging.discard(stale.id);
    expect(await list()).toEqual([]);
  });

  test('a hash that one process remembers is not taken for bytes of another', async () => {
    const id = randomUUID();
    const [intake, other] = [intakeOf(one), intakeOf(two)];
    await intake.begin(id);
    await intake.append({ id, fence: 0n }, streamOf(Buffer.from('12345')), ANYWHERE);
    await other.append({ id, fence: 1n }, streamOf(Buffer.from('67890')), ANYWHERE);
    const finish = (text: string) =>
      intake.finish({ id, fence: 2n }, { digest: sha256Of(Buffer.from(text)), scope: 'site' });
    await expect(finish('12345')).rejects.toMatchObject({ code: 'digest_mismatch' });
    expect(await finish('1234567890')).toMatchObject({ sizeBytes: 10 });
  });

  /** Begins an upload of 20 MiB, and joins its parts in a process that is killed before it has read them. */
  async function joinAndDie(bytes: Buffer, { isSaved }: { isSaved: boolean }): Promise<string> {
    const { db } = s3.database;
    const id = randomUUID();
    const intake = intakeOf(one);
    await intake.begin(id);
    await intake.append({ id, fence: 0n }, streamOf(bytes), ANYWHERE);
    const { parts, ...before } = await db.stagedObject.findUniqueOrThrow({ where: { id }, include: { parts: true } });
    await (await one.staging.open({ id, fence: 1n })).hash('sha256');
    if (isSaved) return id;
    await db.stagedObject.delete({ where: { id } });
    await db.stagedObject.create({ data: before });
    await db.stagedPart.createMany({ data: parts });
    return id;
  }

  test.each([true, false])('finishes an upload whose parts were joined before a crash (saved: %s)', async (isSaved) => {
    const bytes = randomBytes(20 * MIB);
    const id = await joinAndDie(bytes, { isSaved });
    await intakeOf(two).finish({ id, fence: 2n }, { digest: sha256Of(bytes), scope: 'site' });
    expect((await readAll(two, bytes))?.equals(bytes)).toBe(true);
  });

  test.each([
    ['the answer arrives', null],
    ['the connection is dropped before', { kind: 'reset' } as const],
  ])('an upload whose parts were joined without further bytes can’t be continued (%s)', async (_, fault) => {
    const id = await joinAndDie(randomBytes(20 * MIB), { isSaved: false });
    const proxy = await startFaultProxy(s3.server.port);
    proxy.fail(({ url }) => (url?.includes('partNumber=') ? fault : null));
    const behind = await s3.openAgain({ ...one.config, endpoint: proxy.url });
    const more = intakeOf(behind).append({ id, fence: 2n }, streamOf(randomBytes(20 * MIB)), ANYWHERE);
    await expect(more).rejects.toMatchObject({ code: 'upload_not_found' });
    const few = intakeOf(behind).finish(
      { id, fence: 3n },
      {
        digest: sha256Of(Buffer.from('')),
        scope: 'site',
        last: { source: streamOf(Buffer.from('x')), options: ANYWHERE },
      },
    );
    await expect(few).rejects.toMatchObject({ code: 'upload_not_found' });
    if (fault) expect(proxy.faults).toBeGreaterThan(1);
    await behind.close();
    await proxy.close();
  });

  test('a failed append of several parts leaves the upload as it was', async () => {
    const bytes = randomBytes(30 * MIB);
    const intake = intakeOf(one);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    await intake.append(writer, streamOf(bytes.subarray(0, 12 * MIB)), ANYWHERE);
    const tooLong = { offsetBytes: null, expectedBytes: 17 * MIB };
    const appending = intake.append(writer, streamOf(randomBytes(18 * MIB)), tooLong);
    await expect(appending).rejects.toMatchObject({ code: 'size_mismatch' });
    expect(await intakeOf(two).readSize(writer.id)).toBe(12 * MIB);
    await intakeOf(two).append(writer, streamOf(bytes.subarray(12 * MIB)), ANYWHERE);
    await intake.finish(writer, { digest: sha256Of(bytes), scope: 'site' });
    expect((await readAll(two, bytes))?.equals(bytes)).toBe(true);
  });

  test.each([1000, 20 * MIB])('an id that is used again leaves the blob of its first use alone (%i)', async (size) => {
    const [first, second] = [randomBytes(size), randomBytes(size)];
    const intake = intakeOf(one);
    const id = randomUUID();
    for (const bytes of [first, second]) {
      await intake.begin(id);
      await intake.append({ id, fence: 0n }, streamOf(bytes), ANYWHERE);
      if (bytes === first) await intake.finish({ id, fence: 0n }, { digest: sha256Of(bytes), scope: 'site' });
    }
    expect((await readAll(two, first))?.equals(first)).toBe(true);
    await intake.discard(id);
    expect((await readAll(two, first))?.equals(first)).toBe(true);
  });

  test('discards an upload with its parts', async () => {
    const intake = intakeOf(one);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    await intake.append(writer, streamOf(randomBytes(20 * MIB)), ANYWHERE);
    expect(await countMultiparts()).toBe(1);
    await intakeOf(two).discard(writer.id);
    expect(await countMultiparts()).toBe(0);
    expect(await intake.readSize(writer.id)).toBeNull();
  });

  test('aborts multipart uploads that nobody recorded, but not those in use', async () => {
    const { bucket: Bucket, prefix } = one.config;
    const intake = intakeOf(one);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    await intake.append(writer, streamOf(randomBytes(20 * MIB)), ANYWHERE);
    const Key = `${prefix}blobs/ab/${randomUUID()}.parts`;
    await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: `elsewhere/${randomUUID()}` }));
    for await (const _ of one.staging.listStale(new Date(Date.now() - 60_000))) expect.unreachable();
    expect(await countMultiparts()).toBe(2);
    const stale: string[] = [];
    for await (const { id } of one.staging.listStale(new Date(Date.now() + 60_000))) stale.push(id);
    expect(stale).toEqual([writer.id]);
    expect(await countMultiparts()).toBe(1);
    await intake.discard(writer.id);
  });

  test('slow bodies of unknown length leave room for small uploads, and refuse what doesn’t fit', async () => {
    const parts = { bucket: new Bucket(s3.client, one.config), pool: s3.database.pool, spool: new MemoryStaging() };
    const staging = new S3Staging({ ...parts, budget: new ByteBudget(9 * MIB, { maxWaitMs: 100 }) });
    const intake = new Intake({ store: one.store, staging, room: one.volume });
    const [slow, small, other] = [0, 1, 2].map(() => ({ id: randomUUID(), fence: 0n })) as [Writer, Writer, Writer];
    for (const { id } of [slow, small, other]) await intake.begin(id);
    const source = new Readable({ read: () => undefined });
    const appending = intake.append(slow, source, ANYWHERE);
    source.push('slow');
    await expect.poll(() => source.readableLength).toBe(0);
    const bytes = randomBytes(1000);
    await intake.append(small, streamOf(bytes), { ...ANYWHERE, announcedBytes: 1000 });
    const refused = { code: 'unavailable', retryAfterSeconds: expect.any(Number) as number };
    await expect(intake.append(other, streamOf(bytes), ANYWHERE)).rejects.toMatchObject(refused);
    source.push(null);
    await appending;
    expect(await intake.append(other, streamOf(bytes), ANYWHERE)).toBe(1000);
  });

  test('a slow body doesn’t hold more than its part in memory', async () => {
    const intake = intakeOf(one);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    let sentBytes = 0;
    const piece = randomBytes(MIB);
    const source = new Readable({
      read() {
        sentBytes += piece.length;
        this.push(sentBytes <= 200 * MIB ? piece : null);
      },
    });
    const before = process.memoryUsage().arrayBuffers;
    let highest = 0;
    const timer = setInterval(() => (highest = Math.max(highest, process.memoryUsage().arrayBuffers)), 5);
    await intake.append(writer, source, ANYWHERE);
    clearInterval(timer);
    expect(highest - before).toBeLessThan(120 * MIB);
    await intake.discard(writer.id);
  });
});
