// Compares listings with those of `tar`, for layers made by common tools. Skips tools that aren't installed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeLayerTree } from '#lib/testing/images/layer-tree.ts';
import { listByTar, type TarLine } from '#lib/testing/images/list-by-tar.ts';
import { readTarEntries, type LayerEntry } from './read-tar-entries.ts';

const LIMITS = { maxEntries: 10_000, maxUnpackedBytes: 1e9, maxMs: 60_000 };
const SHAPES = new URL('../../testing/fixtures/layer-shapes.go', import.meta.url).pathname;
const IS_ROOT = process.getuid?.() === 0;
const TOOL_TIMEOUT = { timeout: 120_000 };

const run = (program: string, args: string[], options: { input?: Buffer; cwd?: string } = {}) =>
  execFileSync(program, args, { ...options, maxBuffer: 1e9, stdio: ['pipe', 'pipe', 'pipe'] });

function isInstalled(program: string, ...args: string[]): boolean {
  try {
    run(program, args);
    return true;
  } catch {
    return false;
  }
}

let folder: string;
let tree: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-layers-'));
  tree = makeLayerTree(join(folder, 'tree'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KINDS: Record<LayerEntry['kind'], string> = {
  file: '-',
  folder: 'd',
  symlink: 'l',
  'hard link': 'h',
  device: 'c',
  pipe: 'p',
  other: '?',
};

async function listHere(layer: Buffer): Promise<TarLine[]> {
  const blob = {
    sizeBytes: layer.length,
    copyTo: async (destination: Writable) => {
      destination.setMaxListeners(0);
      for (let at = 0; at < layer.length; at += 65_537) {
        const part = layer.subarray(at, at + 65_537);
        await new Promise<void>((resolve, reject) => {
          destination.once('close', resolve);
          destination.write(part, (error) => (error ? reject(error) : resolve()));
        });
      }
    },
    close: () => Promise.resolve(),
  };
  const { entries, end } = await readTarEntries(blob, LIMITS);
  expect(end).toBe('complete');
  return entries.map((entry) => ({
    kind: KINDS[entry.kind],
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.sizeBytes,
    seconds: Math.floor((entry.modifiedAt?.getTime() ?? NaN) / 1_000),
    path: entry.path,
    target: entry.target ?? '',
  }));
}

/** @param archive the decompressed layer, for tar */
async function compare(layer: Buffer, archive: Buffer, atLeast = 1): Promise<void> {
  const expected = listByTar(archive);
  expect(expected.length).toBeGreaterThanOrEqual(atLeast);
  expect(await listHere(layer)).toEqual(expected);
}

describe.skipIf(!isInstalled('tar', '--version'))('GNU tar', () => {
  const make = (...flags: string[]) => run('tar', ['--create', '--file=-', ...flags, '.'], { cwd: tree });

  test.each([
    ...['gnu', 'oldgnu', 'pax'].map((format) => [`--format=${format}`]),
    ['--format=gnu', '--sparse'],
    ['--format=oldgnu', '--sparse'],
    ...['0.0', '0.1', '1.0'].map((version) => ['--format=pax', '--sparse', `--sparse-version=${version}`]),
    // As Jib writes them: pax, one second after the epoch, with owner 0.
    ['--format=pax', '--mtime=@1', '--owner=0', '--group=0', '--sort=name'],
    ['--format=pax', '--pax-option=globexthdr.name=g,comment=of all,mtime:=1000000000.5'],
    ['--format=gnu', '--owner=someone:4000000', '--group=some:2200000', '--label=a volume'],
    [
      '--format=ustar',
      '--exclude=./0*',
      '--exclude=./etc/long-target',
      '--exclude=./etc/before',
      '--exclude=./etc/far',
    ],
    [
      '--format=v7',
      '--exclude=./0*',
      '--exclude=./etc/long-target',
      '--exclude=./etc/before',
      '--exclude=./etc/far',
      '--exclude=./null',
      '--exclude=./pipe',
    ],
  ])('%s %s %s', async (...flags) => {
    const archive = make(...flags.filter((flag) => flag !== undefined));
    const isLabelled = flags.some((flag) => flag.startsWith('--label'));
    if (isLabelled) {
      const lines = listByTarOfLabel(archive);
      expect((await listHere(archive)).slice(1)).toEqual(lines);
    } else await compare(archive, archive, 10);
    await expect(listHere(gzipSync(archive))).resolves.toEqual(await listHere(archive));
    await expect(listHere(zstdCompressSync(archive))).resolves.toEqual(await listHere(archive));
  });

  const listByTarOfLabel = (archive: Buffer) => listByTar(archive.subarray(512));

  test('with trailing garbage, or without an end marker', async () => {
    const archive = make('--format=pax', '--blocking-factor=1');
    const garbage = Buffer.from('garbage that is no header'.repeat(100));
    await compare(Buffer.concat([archive, garbage]), archive, 10);
    await compare(Buffer.concat([gzipSync(archive), garbage]), archive, 10);
    await compare(Buffer.concat([zstdCompressSync(archive), garbage]), archive, 10);
    const headless = archive.subarray(0, archive.length - 1_024);
    await compare(headless, archive, 10);
  });
});

describe.skipIf(!isInstalled('go', 'version'))('Go’s archive/tar, as ko and kaniko use it', () => {
  test('lists the same entries', TOOL_TIMEOUT, async () => {
    const out = join(folder, 'shapes');
    mkdirSync(out);
    run('go', ['run', SHAPES, out]);
    for (const [name, atLeast] of [
      ['ko', 3],
      ['kaniko', 15],
      ['empty', 0],
    ] as const) {
      const layer = readFileSync(join(out, `${name}.tar.gz`));
      await compare(layer, gunzipSync(layer), atLeast);
    }
  });
});

/** Reads the layers of an image in an OCI layout, lowest first. */
function layersOf(layout: string): Buffer[] {
  const read = (digest: string) => readFileSync(join(layout, 'blobs', digest.replace(':', '/')));
  const parse = (bytes: Buffer) => JSON.parse(bytes.toString()) as Record<string, { digest: string }[]>;
  const index = parse(readFileSync(join(layout, 'index.json')));
  const manifest = parse(read(index['manifests']?.[0]?.digest ?? ''));
  return (manifest['layers'] ?? []).map(({ digest }) => read(digest));
}

function unpack(layer: Buffer): Buffer {
  if (layer.readUInt16BE(0) === 0x1f8b) return gunzipSync(layer);
  return layer.readUInt32LE(0) === 0xfd2fb528 ? run('zstd', ['-dcq'], { input: layer }) : layer;
}

describe.skipIf(!IS_ROOT || !isInstalled('buildah', '--version') || !isInstalled('zstd', '--version'))(
  'buildah',
  () => {
    test.each(['gzip', 'zstd', 'zstd:chunked'])('with %s, including whiteouts', TOOL_TIMEOUT, async (format) => {
      const own = join(folder, `buildah-${format.replace(':', '-')}`);
      const storage = ['--root', join(own, 'root'), '--runroot', join(own, 'run'), '--storage-driver', 'vfs'];
      const buildah = (...args: string[]) =>
        run('buildah', [...storage, ...args])
          .toString()
          .trim();
      const base = buildah('from', 'scratch');
      buildah('copy', base, tree, '/');
      buildah('commit', '--rm', base, 'base');
      const changed = buildah('from', '--pull-never', 'localhost/base');
      const mounted = buildah('mount', changed);
      rmSync(join(mounted, 'usr'), { recursive: true });
      appendFileSync(join(mounted, 'etc', 'fraction'), 'more');
      buildah('commit', '--rm', changed, 'changed');
      const layout = join(own, 'layout');
      buildah('push', '--compression-format', format, 'localhost/changed', `oci:${layout}`);
      const layers = layersOf(layout);
      expect(layers).toHaveLength(2);
      for (const layer of layers) await compare(layer, unpack(layer), 2);
      expect((await listHere(layers[1] ?? Buffer.alloc(0))).map(({ path }) => path)).toContain('.wh.usr');
    });
  },
);

describe.skipIf(!IS_ROOT || !isInstalled('dockerd', '--version'))('docker', () => {
  test('saves an image that it has built', TOOL_TIMEOUT, async () => {
    const own = mkdtempSync(join(tmpdir(), 'vitrine-docker-'));
    const host = ['-H', `unix://${own}/docker.sock`];
    const folders = ['--data-root', join(own, 'data'), '--exec-root', join(own, 'exec'), '--pidfile', join(own, 'pid')];
    const daemon = spawn('dockerd', [...host, ...folders, '--iptables=false', '--ip6tables=false', '--bridge=none'], {
      stdio: 'ignore',
    });
    const exited = once(daemon, 'exit');
    const docker = (...args: string[]) => run('docker', [...host, ...args]);
    try {
      await vi.waitFor(() => docker('version'), { timeout: 60_000, interval: 250 });
      const context = join(folder, 'docker');
      run('cp', ['-a', tree, context]);
      for (const special of ['pipe', 'null']) rmSync(join(context, special), { force: true });
      writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY docker /\nCOPY docker/etc /again/\n');
      writeFileSync(join(folder, 'Dockerfile.dockerignore'), '*\n!docker\n');
      docker('build', '--file', join(folder, 'Dockerfile'), '--tag', 'sample', folder);
      const saved = join(folder, 'saved');
      mkdirSync(saved);
      docker('save', '--output', join(folder, 'saved.tar'), 'sample');
      run('tar', ['--extract', '--file', join(folder, 'saved.tar'), '--directory', saved]);
      const files = readdirSync(saved, { recursive: true, encoding: 'utf8' }).map((name) => join(saved, name));
      const archives = files
        .filter((path) => statSync(path).isFile())
        .map((path) => readFileSync(path))
        .filter((bytes) => bytes.length > 512 && bytes.toString('latin1', 257, 262) === 'ustar');
      expect(archives.length).toBeGreaterThanOrEqual(2);
      for (const archive of archives) await compare(archive, archive, 2);
    } finally {
      daemon.kill('SIGTERM');
      await exited;
      rmSync(own, { recursive: true, force: true });
    }
  });
});
