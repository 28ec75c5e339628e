// Lists a tar archive without unpacking it. Archives are untrusted, so every length, count and name in them may be
// wrong.
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { LayerUnpacker } from './layer-unpacker.ts';
import { TarError, TarReader, type TarHeader } from './tar-reader.ts';

export type LayerEntryKind = 'file' | 'folder' | 'symlink' | 'hard link' | 'device' | 'pipe' | 'other';

export type LayerEntry = {
  /** Normalized and free of invisible characters. For display only; never open it. */
  path: string;
  kind: LayerEntryKind;
  sizeBytes: number;
  /** Permission bits, with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  modifiedAt: Date | null;
  /** Target of a link. */
  target: string | null;
  /** What a whiteout removes from lower layers: one name, or the contents of its folder. */
  whiteout: 'name' | 'folder' | null;
  /** Not a plain path below the root: absolute, with `..`, or truncated or escaped for display. */
  isOdd: boolean;
};

/** Why reading ended: at the end of the archive, at a limit, or at invalid data. */
export type TarEnd = 'complete' | 'too many' | 'too large' | 'too slow' | 'damaged' | 'unsupported';
export type TarListing = { entries: LayerEntry[]; end: TarEnd; unpackedBytes: number };
export type TarLimits = { maxEntries: number; maxUnpackedBytes: number; maxMs: number };

const MAX_PATH_LENGTH = 1_024;
/** For all paths together, in characters, so that many long names can't fill the memory. */
const MAX_TEXT_LENGTH = 8_000_000;
const WHITEOUT = '.wh.';
const OPAQUE_WHITEOUT = '.wh..wh..opq';

/**
 * Reads a layer once, with any compression, up to the end of its archive or the first limit. The caller closes the
 * blob.
 * @throws any error of reading the blob
 */
export async function readTarEntries(blob: OpenBlob, limits: TarLimits): Promise<TarListing> {
  const entries: LayerEntry[] = [];
  let unpackedBytes = 0;
  let textLength = 0;
  const { promise: ended, resolve: stop } = Promise.withResolvers<TarEnd | 'unread'>();
  const timer = setTimeout(() => stop('too slow'), limits.maxMs);

  const archive = new TarReader((header) => {
    const entry = toEntry(header);
    textLength += entry.path.length + (entry.target?.length ?? 0);
    if (entries.length === limits.maxEntries || textLength > MAX_TEXT_LENGTH) throw new Stop('too many');
    entries.push(entry);
  });
  const reading = (read: () => void) => {
    try {
      read();
      if (archive.isDone) stop('complete');
    } catch (error) {
      if (error instanceof Stop) stop(error.end);
      else if (error instanceof TarError) stop(error.why === 'limit' ? 'too large' : 'damaged');
      else throw error;
    }
  };
  const unpacker = new LayerUnpacker({
    onData: (chunk) => {
      unpackedBytes += chunk.length;
      reading(() => archive.push(chunk));
      if (unpackedBytes > limits.maxUnpackedBytes) stop('too large');
    },
    onEnd: (isWhole) => {
      reading(() => archive.end());
      stop(isWhole ? 'complete' : 'damaged');
    },
    onProblem: (problem) => stop(problem === 'limit' ? 'too large' : problem),
  });
  // Usually `onProblem` has already reported the cause.
  unpacker.on('error', () => stop('damaged'));

  const copied = (blob.sizeBytes === 0 ? Promise.resolve() : blob.copyTo(unpacker, null)).then(
    () => void unpacker.end(),
    (error: unknown) => {
      stop(unpacker.errored ? 'damaged' : 'unread');
      return error;
    },
  );
  const end = await ended;
  clearTimeout(timer);
  unpacker.destroy();
  // Wait until no read is in flight, so that the caller can close the blob.
  const failure = await copied;
  if (end === 'unread') throw failure;
  return { entries, end, unpackedBytes };
}

class Stop extends Error {
  readonly end: TarEnd;

  constructor(end: TarEnd) {
    super(end);
    this.end = end;
  }
}

const KINDS: Record<string, LayerEntryKind> = {
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hard link',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  D: 'folder',
  '6': 'pipe',
};

function toEntry(header: TarHeader): LayerEntry {
  const parts = header.path.split('/').filter((part) => part !== '' && part !== '.');
  const joined = parts.join('/');
  const path = toVisibleText(joined, MAX_PATH_LENGTH);
  const modifiedAt = new Date((header.modifiedSeconds ?? NaN) * 1_000);
  const isLink = header.type === '1' || header.type === '2';
  return {
    path,
    kind: KINDS[header.type] ?? 'other',
    sizeBytes: header.sizeBytes,
    mode: header.mode & 0o7777,
    uid: header.uid,
    gid: header.gid,
    modifiedAt: Number.isFinite(modifiedAt.getTime()) ? modifiedAt : null,
    target: isLink && header.linkPath !== '' ? toVisibleText(header.linkPath, MAX_PATH_LENGTH) : null,
    whiteout: findWhiteout(parts.at(-1) ?? ''),
    isOdd: path !== joined || header.path.startsWith('/') || parts.includes('..'),
  };
}

/** https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
function findWhiteout(name: string): LayerEntry['whiteout'] {
  if (name === OPAQUE_WHITEOUT) return 'folder';
  return name.startsWith(WHITEOUT) ? 'name' : null;
}
