import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CAN_MOUNT, MOUNT_NOTE, mountSmallDisk, unmountSmallDisk } from '#lib/testing/servers/small-disk.ts';
import { readOrCreateSecret } from '#lib/platform/files.ts';
import { readMark, writeMark } from './site-mark.ts';

async function openDisk(): Promise<string> {
  const dataDir = mountSmallDisk('size=1m');
  onTestFinished(() => unmountSmallDisk(dataDir));
  await mkdir(join(dataDir, 'blobs', 'sha256'), { recursive: true });
  return dataDir;
}

async function fill(dataDir: string): Promise<string> {
  const ballast = join(dataDir, 'ballast');
  const { bavail, bsize } = await statfs(dataDir);
  await writeFile(ballast, Buffer.alloc(bavail * bsize));
  return ballast;
}

test.skipIf(!CAN_MOUNT)(`creates a secret atomically${MOUNT_NOTE}`, async () => {
  const dataDir = await openDisk();
  const ballast = await fill(dataDir);
  const path = join(dataDir, 'secret');
  expect(() => readOrCreateSecret(path)).toThrow(/ENOSPC/);
  await rm(ballast);
  const secret = readOrCreateSecret(path);
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(readOrCreateSecret(path)).toBe(secret);
});

test.skipIf(!CAN_MOUNT)(`leaves no mark after a first start on a full disk${MOUNT_NOTE}`, async () => {
  const dataDir = await openDisk();
  const ballast = await fill(dataDir);
  await expect(writeMark(dataDir, randomUUID(), { isForced: false })).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await readdir(join(dataDir, 'blobs'))).toEqual(['sha256']);
  await rm(ballast);
  const siteId = randomUUID();
  await writeMark(dataDir, siteId, { isForced: false });
  expect(await readMark(dataDir)).toBe(siteId);
});

test.skipIf(!CAN_MOUNT)(
  `treats a truncated mark as missing, and lets an operator replace it${MOUNT_NOTE}`,
  async () => {
    const dataDir = await openDisk();
    await writeFile(join(dataDir, 'blobs', 'site-id'), '');
    expect(await readMark(dataDir)).toBeNull();
    const siteId = randomUUID();
    await writeMark(dataDir, siteId, { isForced: true });
    expect(await readMark(dataDir)).toBe(siteId);
    expect((await readdir(join(dataDir, 'blobs'))).sort()).toEqual(['sha256', 'site-id']);
  },
);

test.skipIf(!CAN_MOUNT)(`keeps one of several concurrent marks${MOUNT_NOTE}`, async () => {
  const dataDir = await openDisk();
  const ids = Array.from({ length: 20 }, () => randomUUID());
  await Promise.all(ids.map((id) => writeMark(dataDir, id, { isForced: false })));
  expect(ids).toContain(await readMark(dataDir));
  expect((await readdir(join(dataDir, 'blobs'))).sort()).toEqual(['sha256', 'site-id']);
});
