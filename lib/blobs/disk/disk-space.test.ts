import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CAN_MOUNT, MOUNT_NOTE, mountSmallDisk, unmountSmallDisk } from '#lib/testing/servers/small-disk.ts';
import { sha256Of, streamOf } from '#lib/blobs/blob-store.contract.ts';
import { DiskSpace } from './disk-space.ts';
import { openDiskStore } from './disk-store.ts';

const MIB = 1024 * 1024;
const onDamage = () => Promise.resolve();

describe.skipIf(!CAN_MOUNT)(`the reserve of a disk${MOUNT_NOTE}`, () => {
  let folder = '';
  beforeEach(() => {
    folder = mountSmallDisk('size=8m');
  });
  afterEach(() => unmountSmallDisk(folder));

  it('is 5 % of a small disk unless it is set', () => {
    expect(new DiskSpace(folder, null).read()).toMatchObject({
      totalBytes: 8 * MIB,
      reserveBytes: Math.floor(0.05 * 8 * MIB),
    });
    expect(new DiskSpace(folder, 0).read().reserveBytes).toBe(0);
  });

  it('is 2 GB of a large one', () => {
    const large = mountSmallDisk('size=100g');
    onTestFinished(() => unmountSmallDisk(large));
    expect(new DiskSpace(large, null).read().reserveBytes).toBe(2 * 1024 * MIB);
  });

  it('is asked before anything is read of bytes whose number is known', async () => {
    const store = await openDiskStore(folder, { onDamage, reserveBytes: 2 * MIB });
    const id = randomUUID();
    await store.stage(id);
    for (const known of [{ announcedBytes: 7 * MIB, expectedBytes: null }, { expectedBytes: 7 * MIB }]) {
      const source = streamOf(randomBytes(7 * MIB));
      const appending = store.append(id, source, { offsetBytes: null, ...known });
      await expect(appending).rejects.toMatchObject({ code: 'storage_full' });
      expect(source.readableDidRead).toBe(false);
    }
    store.close();
  });

  it('is looked at again before anything is refused, and what was claimed meanwhile counts', () => {
    const space = new DiskSpace(folder, MIB);
    space.claim(6 * MIB);
    writeFileSync(join(folder, 'other'), Buffer.alloc(6 * MIB));
    expect(() => {
      space.claim(2 * MIB);
    }).toThrow(/storage is full/);
    rmSync(join(folder, 'other'));
    space.claim(2 * MIB);
  });

  it('stops what is pulled through too, whether or not its size is known', async () => {
    const store = await openDiskStore(folder, { onDamage, reserveBytes: 2 * MIB });
    const bytes = randomBytes(7 * MIB);
    await expect(store.startIntake(sha256Of(bytes), bytes.length)).rejects.toMatchObject({ code: 'storage_full' });
    const intake = await store.startIntake(sha256Of(bytes), null);
    const error = await intake.append(streamOf(bytes)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storage_full' });
    const { bavail, bsize } = statfsSync(folder);
    expect(bavail * bsize).toBeGreaterThanOrEqual(2 * MIB);
    await intake.fail(error as Error);
    await intake.close();
    expect(store.readSpace().freeBytes).toBe(8 * MIB);
  });

  it('takes an upload back to what it held when the bytes of one request went beyond', async () => {
    const store = await openDiskStore(folder, { onDamage, reserveBytes: 2 * MIB });
    const id = randomUUID();
    await store.stage(id);
    const bytes = randomBytes(7 * MIB);
    const anywhere = { offsetBytes: null, expectedBytes: null };
    await store.append(id, streamOf(bytes.subarray(0, MIB)), anywhere);
    const appending = store.append(id, streamOf(bytes.subarray(MIB)), anywhere);
    await expect(appending).rejects.toMatchObject({ code: 'storage_full' });
    expect(await store.stagedBytes(id)).toBe(MIB);
    await store.append(id, streamOf(bytes.subarray(MIB, 2 * MIB)), anywhere);
    await expect(store.commit(id, sha256Of(bytes.subarray(0, 2 * MIB)))).resolves.toMatchObject({ sizeBytes: 2 * MIB });
    store.close();
  });
});
