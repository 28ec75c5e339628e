import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { listOpenFiles } from '#lib/testing/list-open-files.ts';
import { FileCache } from './file-cache.ts';
import { OpenFile } from './open-file.ts';

let cache: FileCache;
let folder: string;
beforeEach(async () => {
  cache = new FileCache();
  folder = await mkdtemp(join(tmpdir(), 'vitrine-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function hold(name: string, content: string) {
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, shared: cache.add(path, await OpenFile.open(path, 'r')) };
}

async function countOpen(path: string): Promise<number> {
  return (await listOpenFiles()).filter((open) => open.startsWith(path)).length;
}

it('shares a file among readers, and closes it when the last one releases it', async () => {
  const { path, shared } = await hold('blob', 'bytes');
  const other = cache.find(path);
  expect(other?.file).toBe(shared.file);
  expect(other?.stats.size).toBe(5);
  cache.forget(path);
  expect(cache.find(path)).toBeNull();
  await shared.release();
  expect(other?.file.stats().size).toBe(5);
  await other?.release();
  expect(() => shared.file.stats()).toThrow(/EBADF/);
});

it.each([
  ['removed', (path: string) => unlink(path)],
  ['replaced', (path: string) => writeFile(`${path}.new`, 'other').then(() => rename(`${path}.new`, path))],
])('does not return a file that was %s', async (_, change) => {
  const { path, shared } = await hold('blob', 'bytes');
  await shared.release();
  await change(path);
  expect(cache.find(path)).toBeNull();
});

it('returns the new size of a truncated file', async () => {
  const { path, shared } = await hold('blob', 'bytes');
  await shared.release();
  await writeFile(path, 'by');
  const found = cache.find(path);
  expect(found?.stats.size).toBe(2);
  await found?.release();
});

it.runIf(process.platform === 'linux')('limits the number of open files', async () => {
  for (let n = 0; n < 300; n += 1) await (await hold(`blob-${n}`, 'x')).shared.release();
  expect(await countOpen(folder)).toBe(256);
});
