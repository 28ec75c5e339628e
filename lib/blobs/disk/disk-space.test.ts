import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CAN_MOUNT, MOUNT_NOTE, mountSmallDisk, unmountSmallDisk } from '#lib/testing/servers/small-disk.ts';
import { sha256Of, streamOf } from '#lib/blobs/blob-store.contract.ts';
import { Intake } from '#lib/blobs/intake.ts';
import { DiskSpace } from './disk-space.ts';
import { openDisk } from './open-disk.ts';

const MIB = 1024 * 1024;

async function openIntake(folder: string) {
  const { store, staging, volume } = await openDisk(folder, { reserveBytes: 2 * MIB });
  return { volume, intake: new Intake({ store, staging, room: volume }) };
}

describe.skipIf(!CAN_MOUNT)(`the reserve of a disk${MOUNT_NOTE}`, () => {
  let folder = '';
  beforeEach(() => {
    folder = mountSmallDisk('size=8m');
  });
  afterEach(() => unmountSmallDisk(folder));

  it('is 5% of a small disk by default', () => {
    expect(new DiskSpace(folder, null).read()).toMatchObject({
      totalBytes: 8 * MIB,
      reserveBytes: Math.floor(0.05 * 8 * MIB),
    });
    expect(new DiskSpace(folder, 0).read().reserveBytes).toBe(0);
  });

  it('is 2 GB of a large disk by default', () => {
    const large = mountSmallDisk('size=100g');
    onTestFinished(() => unmountSmallDisk(large));
    expect(new DiskSpace(large, null).read().reserveBytes).toBe(2 * 1024 * MIB);
  });

  it('is checked before reading a body of known size', async () => {
    const { intake } = await openIntake(folder);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    for (const options of [
      { offsetBytes: null, expectedBytes: null, announcedBytes: 7 * MIB },
      { offsetBytes: null, expectedBytes: 7 * MIB },
    ]) {
      const source = streamOf(randomBytes(7 * MIB));
      await expect(intake.append(writer, source, options)).rejects.toMatchObject({ code: 'storage_full' });
      expect(source.readableDidRead).toBe(false);
    }
  });

  it('is reread before a write is rejected, and accounts for claims', () => {
    const space = new DiskSpace(folder, MIB);
    space.claim(6 * MIB);
    writeFileSync(join(folder, 'other'), Buffer.alloc(6 * MIB));
    expect(() => {
      space.claim(2 * MIB);
    }).toThrow(/storage is full/);
    rmSync(join(folder, 'other'));
    space.claim(2 * MIB);
  });

  it('limits pull-through, with or without a known size', async () => {
    const { intake, volume } = await openIntake(folder);
    const bytes = randomBytes(7 * MIB);
    const digest = sha256Of(bytes);
    const known = intake.receive({ digest, scope: 'site', sizeBytes: bytes.length });
    await expect(known).rejects.toMatchObject({ code: 'storage_full' });
    const incoming = await intake.receive({ digest, scope: 'site', sizeBytes: null });
    const error = await incoming.append(streamOf(bytes)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storage_full' });
    const { bavail, bsize } = statfsSync(folder);
    expect(bavail * bsize).toBeGreaterThanOrEqual(2 * MIB);
    await incoming.fail(error as Error);
    await incoming.close();
    expect(volume.readSpace()?.freeBytes).toBe(8 * MIB);
  });

  it('rolls an upload back when a request exceeds the free space', async () => {
    const { intake, volume } = await openIntake(folder);
    const writer = { id: randomUUID(), fence: 0n };
    await intake.begin(writer.id);
    const bytes = randomBytes(7 * MIB);
    const anywhere = { offsetBytes: null, expectedBytes: null };
    await intake.append(writer, streamOf(bytes.subarray(0, MIB)), anywhere);
    const appending = intake.append(writer, streamOf(bytes.subarray(MIB)), anywhere);
    await expect(appending).rejects.toMatchObject({ code: 'storage_full' });
    expect(await intake.readSize(writer.id)).toBe(MIB);
    await intake.append(writer, streamOf(bytes.subarray(MIB, 2 * MIB)), anywhere);
    const finishing = intake.finish(writer, { digest: sha256Of(bytes.subarray(0, 2 * MIB)), scope: 'site' });
    expect(await finishing).toMatchObject({ sizeBytes: 2 * MIB });
    // The volume can't be unmounted while a file on it is open.
    volume.close();
  });
});

describe('a missing folder', () => {
  it('makes writes unavailable while the disk is unmounted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-space-'));
    const { volume } = await openDisk(folder, { reserveBytes: null });
    rmSync(folder, { recursive: true });
    expect(() => {
      volume.requireRoom(0);
    }).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(volume.readSpace()).toBeNull();
    await expect(volume.requireWritable()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it("doesn't stop writes when only the blobs were removed", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-space-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { volume } = await openDisk(folder, { reserveBytes: 0 });
    rmSync(join(folder, 'blobs', 'sha256'), { recursive: true });
    volume.requireRoom(0);
  });
});
