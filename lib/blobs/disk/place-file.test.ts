import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OpenFile } from './open-file.ts';
import { placeFile } from './place-file.ts';

async function stage() {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-place-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'staged');
  const target = join(folder, 'blob');
  await writeFile(path, 'sound');
  await writeFile(target, 'dying');
  const file = await OpenFile.open(path, 'r');
  onTestFinished(() => file.close());
  return { file, path, target };
}

/** Simulates a bad sector, which can't be made on demand. */
function failOn(target: OpenFile | null, code: string) {
  return (file: OpenFile) =>
    file === target ? Promise.resolve(true) : Promise.reject(Object.assign(new Error('read failed'), { code }));
}

test('replaces a blob that the disk can no longer read', async () => {
  const staged = await stage();
  await placeFile({ ...staged, isRight: failOn(staged.file, 'EIO') });
  expect(await readFile(staged.target, 'utf8')).toBe('sound');
});

test('keeps a blob that is unreadable for another reason', async () => {
  const staged = await stage();
  await expect(placeFile({ ...staged, isRight: failOn(staged.file, 'EMFILE') })).rejects.toThrow('read failed');
  expect(await readFile(staged.target, 'utf8')).toBe('dying');
});
