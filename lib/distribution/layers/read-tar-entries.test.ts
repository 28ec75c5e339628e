import type { Writable } from 'node:stream';
import { readFileSync } from 'node:fs';
import { constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { expect, test } from 'vitest';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { AppError } from '#lib/platform/errors.ts';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { listFolder } from './list-folder.ts';
import { readTarEntries } from './read-tar-entries.ts';

const CHUNKED = new URL('../../testing/fixtures/zstd-chunked-layer.zst', import.meta.url);
const LIMITS = { maxEntries: 100, maxUnpackedBytes: 10_000_000, maxMs: 5_000 };
const NORMAL = [
  { path: 'bin/app', content: 'x'.repeat(5_000), mode: 0o4755 },
  { path: './etc/conf', content: 'y' },
];

/** Copies in chunks and fails when the destination closes, as the disk store does. */
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
])('lists a %s', async (_format, compress) => {
  const listing = await readTarEntries(blobOf(compress(await buildTar(NORMAL))), LIMITS);
  expect(listing.end).toBe('complete');
  expect(listing.entries).toMatchObject([
    { path: 'bin/app', kind: 'file', sizeBytes: 5_000, mode: 0o4755, isOdd: false },
    { path: 'etc/conf', kind: 'file', sizeBytes: 1, isOdd: false },
  ]);
});

test('reads consecutive gzip members as one archive, whatever their headers', async () => {
  const tar = await buildTar(NORMAL);
  const [first, second] = [gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))];
  const fields = Buffer.from('\x03\x00abcname\0comment\0', 'latin1');
  const named = Buffer.concat([
    first.subarray(0, 3),
    Buffer.from([0x1c]),
    first.subarray(4, 10),
    fields,
    first.subarray(10),
  ]);
  for (const partBytes of [1, 7, 1_000, 100_000])
    for (const members of [
      [first, second],
      [named, gzipSync(''), second],
      [named, second, Buffer.alloc(100)],
    ]) {
      const listing = await readTarEntries(blobOf(Buffer.concat(members), partBytes), LIMITS);
      expect(listing).toMatchObject({ end: 'complete', entries: [{ path: 'bin/app' }, { path: 'etc/conf' }] });
    }
});

test('reads consecutive zstd frames as one archive, and skips skippable ones', async () => {
  const tar = await buildTar(NORMAL);
  const skipped = Buffer.concat([Buffer.from('5a2a4d1803000000', 'hex'), Buffer.from('xyz')]);
  const pieces = Array.from({ length: Math.ceil(tar.length / 100) }, (_, i) => tar.subarray(i * 100, (i + 1) * 100));
  const frames = pieces.flatMap((piece, i) => [
    zstdCompressSync(piece, { params: { [constants.ZSTD_c_checksumFlag]: i % 2 } }),
    ...(i % 3 === 0 ? [skipped] : []),
  ]);
  for (const partBytes of [1, 7, 1_000, 100_000]) {
    const listing = await readTarEntries(blobOf(Buffer.concat([skipped, ...frames, skipped]), partBytes), LIMITS);
    expect(listing).toMatchObject({ end: 'complete', entries: [{ path: 'bin/app' }, { path: 'etc/conf' }] });
  }
  const cut = Buffer.concat(frames.slice(0, 5)).subarray(0, -3);
  expect(await readTarEntries(blobOf(cut), LIMITS)).toMatchObject({ end: 'damaged' });
});

test('reads every frame of zstd:chunked, as buildah writes it', async () => {
  const { entries, end } = await readTarEntries(blobOf(readFileSync(CHUNKED)), LIMITS);
  expect([end, entries.length]).toEqual(['complete', 60]);
  const kinds = Object.groupBy(entries, ({ kind }) => kind);
  expect([kinds.folder?.length, kinds.file?.length]).toEqual([30, 30]);
});

test('detects compression from the first bytes, and doesn’t report unsupported formats as damaged', async () => {
  const tar = await buildTar(NORMAL);
  for (const [magic, end] of [
    ['425a68393141592653590000', 'unsupported'],
    ['fd377a585a0000000000', 'unsupported'],
  ] as const)
    expect(await readTarEntries(blobOf(Buffer.from(magic, 'hex')), LIMITS)).toMatchObject({ end, entries: [] });
  const large = { params: { [constants.ZSTD_c_windowLog]: 28, [constants.ZSTD_c_contentSizeFlag]: 0 } };
  const frame = await new Promise<Buffer>((resolve, reject) => {
    const stream = createZstdCompress(large);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    for (let at = 0; at < tar.length; at += 100) stream.write(tar.subarray(at, at + 100));
    stream.end();
  });
  expect(await readTarEntries(blobOf(frame), LIMITS)).toMatchObject({ end: 'too large' });
});

test.each([0, 1, 5, 10_240])('lists no entries in an archive of %d zeros', async (zeros) => {
  const { entries, end } = await readTarEntries(blobOf(Buffer.alloc(zeros)), LIMITS);
  expect([entries.length, end]).toEqual([0, [0, 10_240].includes(zeros) ? 'complete' : 'damaged']);
});

test('sanitizes malicious names', async () => {
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
    { name: '.', type: 'directory' },
  ]);
  const { entries, end } = await readTarEntries(blobOf(tar), LIMITS);
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

test('stops at the limits for entries, unpacked bytes and time', async () => {
  const many = await packAll(Array.from({ length: 150 }, (_, i) => ({ name: `f${i}` })));
  expect(await readTarEntries(blobOf(many), LIMITS)).toMatchObject({ end: 'too many' });
  expect((await readTarEntries(blobOf(many), LIMITS)).entries).toHaveLength(100);

  const bomb = gzipSync(await buildTar([{ path: 'zeros', content: Buffer.alloc(50_000_000) }]));
  const stopped = await readTarEntries(blobOf(bomb), LIMITS);
  expect(stopped).toMatchObject({ end: 'too large', entries: [{ path: 'zeros', sizeBytes: 50_000_000 }] });
  expect(stopped.unpackedBytes).toBeLessThan(11_000_000);

  const stuck: OpenBlob = { ...blobOf(many), copyTo: (to) => new Promise((done) => to.once('close', done)) };
  expect(await readTarEntries(stuck, { ...LIMITS, maxMs: 50 })).toMatchObject({ end: 'too slow' });
});

test('returns the entries before invalid or truncated data', async () => {
  const gzip = gzipSync(await buildTar(NORMAL));
  const half = await readTarEntries(blobOf(gzip.subarray(0, gzip.length - 20), 50), LIMITS);
  expect(half.end).toBe('damaged');
  for (const bytes of [Buffer.from('not an archive at all'), Buffer.alloc(4_096, 'x')])
    expect(await readTarEntries(blobOf(bytes), LIMITS)).toMatchObject({ end: 'damaged', entries: [] });
  const huge = await packAll([{ name: 'a', content: 'x' }]);
  huge.write('77777777777\0', 124);
  expect((await readTarEntries(blobOf(huge), LIMITS)).end).toBe('damaged');
});

test('throws when the store fails, instead of reporting a damaged archive', async () => {
  const failing: OpenBlob = {
    ...blobOf(Buffer.alloc(10)),
    copyTo: () => Promise.reject(new AppError('unavailable', 'The disk is gone.')),
  };
  await expect(readTarEntries(failing, LIMITS)).rejects.toMatchObject({ code: 'unavailable' });
});

test('lists the direct children of a folder, with the totals of their descendants', async () => {
  const tar = await packAll([
    { name: 'usr/', type: 'directory', mode: 0o755 },
    { name: 'usr/bin/b', content: 'bb' },
    { name: 'usr/bin/a', content: 'a' },
    { name: 'usr/z', content: 'z' },
    { name: 'usrlocal' },
  ]);
  const { entries } = await readTarEntries(blobOf(tar), LIMITS);
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
