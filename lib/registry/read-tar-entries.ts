// What is in a tar archive, without unpacking it. Archives come from anyone: every length, count and name in them is a claim.
import { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import type { LayerFormat } from '#lib/oci/layer-format.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';

export type LayerEntryKind = 'file' | 'folder' | 'symlink' | 'hard link' | 'device' | 'pipe' | 'other';

export type LayerEntry = {
  /** Parts joined by `/`, with nothing invisible in it: to be shown, and never to be opened. */
  path: string;
  kind: LayerEntryKind;
  sizeBytes: number;
  /** Permission bits, with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  modifiedAt: Date | null;
  /** Of links: what they point at. */
  target: string | null;
  /** Whiteouts take away what layers below have: one name, or all that was in the folder. */
  whiteout: 'name' | 'folder' | null;
  /** No plain path below the root: it is absolute, climbs by `..`, or was cut or escaped to be shown. */
  isOdd: boolean;
};

/** Why reading ended: with the archive, at a limit, or at bytes that are no archive. */
export type TarEnd = 'complete' | 'too many' | 'too large' | 'too slow' | 'damaged' | 'several frames';
export type TarListing = { entries: LayerEntry[]; end: TarEnd; unpackedBytes: number };
export type TarLimits = { maxEntries: number; maxUnpackedBytes: number; maxMs: number };

const MAX_PATH_LENGTH = 1_024;
/** Of all paths together, in characters: names that are long one by one must not fill the memory. */
const MAX_TEXT_LENGTH = 8_000_000;
const WHITEOUT = '.wh.';
const OPAQUE_WHITEOUT = '.wh..wh..opq';

/**
 * Reads a layer once from its start, and stops at the first limit. The caller closes the blob.
 * @throws whatever the blob could not be read for
 */
export async function readTarEntries(blob: OpenBlob, format: LayerFormat, limits: TarLimits): Promise<TarListing> {
  const unpacker = createUnpacker(format);
  const archive = extract();
  const entries: LayerEntry[] = [];
  let unpackedBytes = 0;
  let textLength = 0;
  const { promise: ended, resolve: stop } = Promise.withResolvers<TarEnd | 'unread'>();
  const timer = setTimeout(() => stop('too slow'), limits.maxMs);

  archive.on('entry', (header, stream, next) => {
    const entry = toEntry(header);
    textLength += entry.path.length + (entry.target?.length ?? 0);
    if (entries.length === limits.maxEntries || textLength > MAX_TEXT_LENGTH) return stop('too many');
    entries.push(entry);
    stream.on('end', next);
    stream.resume();
  });
  archive.on('drain', () => unpacker.resume());
  archive.on('finish', () => stop('complete'));
  archive.on('error', () => stop('damaged'));
  unpacker.on('data', (chunk: Buffer) => {
    unpackedBytes += chunk.length;
    if (unpackedBytes > limits.maxUnpackedBytes) stop('too large');
    else if (!archive.write(chunk)) unpacker.pause();
  });
  unpacker.on('end', () => archive.end(null));
  unpacker.on('error', () => stop('damaged'));

  const copied = blob.copyTo(unpacker, null).then(
    () => void unpacker.end(),
    (error: unknown) => {
      stop(unpacker.errored ? 'damaged' : 'unread');
      return error;
    },
  );
  const end = await ended;
  clearTimeout(timer);
  unpacker.destroy();
  archive.destroy();
  // Only then is no read under way, and the blob may be closed.
  const failure = await copied;
  if (end === 'unread') throw failure;
  const isCutShort = end === 'complete' && format === 'tar+zstd' && unpacker.bytesWritten < blob.sizeBytes;
  return { entries, end: isCutShort ? 'several frames' : end, unpackedBytes };
}

type Unpacker = Transform & { bytesWritten: number };

function createUnpacker(format: LayerFormat): Unpacker {
  if (format === 'tar+gzip') return createGunzip();
  if (format === 'tar+zstd') return createZstdDecompress();
  const copier = new Transform({
    // A copy: the store uses its buffer again.
    transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk)),
  });
  return Object.assign(copier, { bytesWritten: 0 });
}

const KINDS: Record<string, LayerEntryKind> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'symlink',
  link: 'hard link',
  'character-device': 'device',
  'block-device': 'device',
  fifo: 'pipe',
};

function toEntry(header: Header): LayerEntry {
  const parts = header.name.split('/').filter((part) => part !== '' && part !== '.');
  const joined = parts.join('/');
  const path = toVisibleText(joined, MAX_PATH_LENGTH);
  const modifiedAt = header.mtime && Number.isFinite(header.mtime.getTime()) ? header.mtime : null;
  return {
    path,
    kind: KINDS[header.type ?? ''] ?? 'other',
    sizeBytes: header.size ?? 0,
    mode: (header.mode ?? 0) & 0o7777,
    uid: header.uid ?? 0,
    gid: header.gid ?? 0,
    modifiedAt,
    target: header.linkname ? toVisibleText(header.linkname, MAX_PATH_LENGTH) : null,
    whiteout: findWhiteout(parts.at(-1) ?? ''),
    isOdd: path !== joined || header.name.startsWith('/') || parts.includes('..'),
  };
}

/** https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
function findWhiteout(name: string): LayerEntry['whiteout'] {
  if (name === OPAQUE_WHITEOUT) return 'folder';
  return name.startsWith(WHITEOUT) ? 'name' : null;
}
