import type { Writable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { expect, test } from 'vitest';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { AppError } from '#lib/platform/errors.ts';
import { buildTar } from '#lib/testing/build-image.ts';
import { listFolder } from './list-folder.ts';
import { readTarEntries } from './read-tar-entries.ts';

const LIMITS = { maxEntries: 100, maxUnpackedBytes: 10_000_000, maxMs: 5_000 };
const NORMAL = [
  { path: 'bin/app', content: 'x'.repeat(5_000), mode: 0o4755 },
  { path: './etc/conf', content: 'y' },
];

/** As the disk store does it: in parts, and it fails when the destination closes. */
function blobOf(bytes: Buffer, partBytes = 1_000): OpenBlob {
  const write = (destination: Writable, part: Buffer) =>
    new Promise<void>((resolve, reject) => {
      destination.once('close', () => reject(new AppError('unavailable', 'The reader went away.')));
      destination.write(part, (error) => (error ? reject(error) : resolve()));
    });
  return {
    sizeBytes: bytes.length,
    copyTo: async (destination) => {
      destination.setMaxListeners(0);
      for (let at = 0; at < bytes.length; at += partBytes) {
        const part = Buffer.from(bytes.subarray(at, at + partBytes));
        await write(destination, part);
        part.fill(0xff);
      }
    },
    close: () => Promise.resolve(),
  };
}

async function packAll(headers: (Partial<Header> & { name: string; content?: string })[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of headers) archive.entry(header, content ?? '');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const paths = (entries: { path: string }[]) => entries.map(({ path }) => path);

test.each([
  ['tar', (tar: Buffer) => tar],
  ['tar+gzip', (tar: Buffer) => gzipSync(tar)],
  ['tar+zstd', (tar: Buffer) => zstdCompressSync(tar)],
] as const)('lists a %s', async (format, compress) => {
  const listing = await readTarEntries(blobOf(compress(await buildTar(NORMAL))), format, LIMITS);
  expect(listing.end).toBe('complete');
  expect(listing.entries).toMatchObject([
    { path: 'bin/app', kind: 'file', sizeBytes: 5_000, mode: 0o4755, isOdd: false },
    { path: 'etc/conf', kind: 'file', sizeBytes: 1, isOdd: false },
  ]);
});

test('gzip members one after the other are one archive', async () => {
  const tar = await buildTar(NORMAL);
  const members = Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]);
  expect((await readTarEntries(blobOf(members), 'tar+gzip', LIMITS)).entries).toHaveLength(2);
});

test('zstd frames of which only the first is read are never taken for all of it', async () => {
  const tar = await buildTar(NORMAL);
  const frames = Buffer.concat([zstdCompressSync(tar.subarray(0, 5_632)), zstdCompressSync(tar.subarray(5_632))]);
  const { end, entries } = await readTarEntries(blobOf(frames, 100_000), 'tar+zstd', LIMITS);
  expect([end, entries.length]).toEqual(['several frames', 1]);
});

test('names that would harm are harmless text', async () => {
  const long = 'd/'.repeat(200) + 'n'.repeat(60_000);
  const tar = await packAll([
    { name: '/etc/passwd' },
    { name: '../../root/.ssh/authorized_keys' },
    { name: 'gpj.\u202eexe' },
    { name: '<script>alert(1)</script>' },
    { name: 'bell\u0007' },
    { name: long },
    { name: 'dev/sda', type: 'block-device', devmajor: 8, devminor: 0 },
    { name: 'link', type: 'symlink', linkname: '/etc/shadow' },
    { name: 'hard', type: 'link', linkname: '../../etc/\u202eshadow' },
    { name: 'pipe', type: 'fifo' },
    { name: 'a/.wh.gone' },
    { name: 'a/.wh..wh..opq' },
    { name: './', type: 'directory' },
  ]);
  const { entries, end } = await readTarEntries(blobOf(tar), 'tar', LIMITS);
  expect(end).toBe('complete');
  expect(entries.slice(0, 5)).toMatchObject([
    { path: 'etc/passwd', isOdd: true },
    { path: '../../root/.ssh/authorized_keys', isOdd: true },
    { path: 'gpj.\\u{202e}exe', isOdd: true },
    { path: '<script>alert(1)</script>' },
    { path: 'bell\\u{7}', isOdd: true },
  ]);
  expect(entries[5]?.path.length).toBeLessThan(1_100);
  expect(entries.slice(6)).toMatchObject([
    { kind: 'device' },
    { kind: 'symlink', target: '/etc/shadow' },
    { kind: 'hard link', target: '../../etc/\\u{202e}shadow' },
    { kind: 'pipe' },
    { whiteout: 'name' },
    { whiteout: 'folder' },
    { kind: 'folder', path: '' },
  ]);
});

test('ends at the number of entries, at the unpacked bytes and at the time it has', async () => {
  const many = await packAll(Array.from({ length: 150 }, (_, i) => ({ name: `f${i}` })));
  expect(await readTarEntries(blobOf(many), 'tar', LIMITS)).toMatchObject({ end: 'too many' });
  expect((await readTarEntries(blobOf(many), 'tar', LIMITS)).entries).toHaveLength(100);

  const bomb = gzipSync(await buildTar([{ path: 'zeros', content: Buffer.alloc(50_000_000) }]));
  const stopped = await readTarEntries(blobOf(bomb), 'tar+gzip', LIMITS);
  expect(stopped).toMatchObject({ end: 'too large', entries: [{ path: 'zeros', sizeBytes: 50_000_000 }] });
  expect(stopped.unpackedBytes).toBeLessThan(11_000_000);

  const stuck: OpenBlob = { ...blobOf(many), copyTo: (to) => new Promise((done) => to.once('close', done)) };
  expect(await readTarEntries(stuck, 'tar', { ...LIMITS, maxMs: 50 })).toMatchObject({ end: 'too slow' });
});

test('what is no archive, or half of one, ends with what was read', async () => {
  const gzip = gzipSync(await buildTar(NORMAL));
  const half = await readTarEntries(blobOf(gzip.subarray(0, gzip.length - 20), 50), 'tar+gzip', LIMITS);
  expect(half.end).toBe('damaged');
  for (const bytes of [Buffer.from('not an archive at all'), Buffer.alloc(4_096, 'x')])
    for (const format of ['tar', 'tar+gzip', 'tar+zstd'] as const)
      expect(await readTarEntries(blobOf(bytes), format, LIMITS)).toMatchObject({ end: 'damaged', entries: [] });
  const huge = await packAll([{ name: 'a', content: 'x' }]);
  huge.write('77777777777\0', 124);
  expect((await readTarEntries(blobOf(huge), 'tar', LIMITS)).end).toBe('damaged');
});

test('a store that fails is an error, not a damaged archive', async () => {
  const failing: OpenBlob = {
    ...blobOf(Buffer.alloc(10)),
    copyTo: () => Promise.reject(new AppError('unavailable', 'The disk is gone.')),
  };
  await expect(readTarEntries(failing, 'tar+gzip', LIMITS)).rejects.toMatchObject({ code: 'unavailable' });
});

test('a folder shows what is directly in it, with what is below summed up', async () => {
  const tar = await packAll([
    { name: 'usr/', type: 'directory', mode: 0o755 },
    { name: 'usr/bin/b', content: 'bb' },
    { name: 'usr/bin/a', content: 'a' },
    { name: 'usr/z', content: 'z' },
    { name: 'usrlocal' },
  ]);
  const { entries } = await readTarEntries(blobOf(tar), 'tar', LIMITS);
  expect(listFolder(entries, '')).toMatchObject([
    { name: 'usr', isFolder: true, fileCount: 3, sizeBytes: 4 },
    { name: 'usrlocal', isFolder: false },
  ]);
  expect(listFolder(entries, 'usr')).toMatchObject([
    { name: 'bin', path: 'usr/bin', entry: null, fileCount: 2 },
    { name: 'z', path: 'usr/z' },
  ]);
  expect(paths(listFolder(entries, 'usr/bin') ?? [])).toEqual(['usr/bin/a', 'usr/bin/b']);
  expect(listFolder(entries, 'usr/b')).toBeNull();
  expect(listFolder([], '')).toEqual([]);
});
