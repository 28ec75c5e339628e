// What is in a tar archive, without unpacking it. Archives come from anyone: every length, count and name in them is a claim.
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { LayerUnpacker } from './layer-unpacker.ts';
import { TarError, TarReader, type TarHeader } from './tar-reader.ts';

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

/** Why reading ended: with the archive, at a limit of this reader, or at bytes that are no archive. */
export type TarEnd = 'complete' | 'too many' | 'too large' | 'too slow' | 'damaged' | 'unsupported';
export type TarListing = { entries: LayerEntry[]; end: TarEnd; unpackedBytes: number };
export type TarLimits = { maxEntries: number; maxUnpackedBytes: number; maxMs: number };

const MAX_PATH_LENGTH = 1_024;
/** Of all paths together, in characters: names that are long one by one must not fill the memory. */
const MAX_TEXT_LENGTH = 8_000_000;
const WHITEOUT = '.wh.';
const OPAQUE_WHITEOUT = '.wh..wh..opq';

/**
 * Reads a layer once from its start, however it is packed, to the end of the archive in it or the first limit. The caller closes
 * the blob.
 * @throws whatever the blob could not be read for
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
  // Told by its events.
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
  // Only then is no read under way, and the blob may be closed.
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
